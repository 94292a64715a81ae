internal import CausewayModel

// How a condition of `sample.keep` is written.
extension Configuration.Destination.Sample.Condition {
    init(text: String) throws(ValueMistake) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        switch (words.first, words.count) {
        case ("failures", 1): self = .failures
        case ("slow", 3) where words[1] == ">":
            guard let duration = Duration(text: words[2]), duration > .zero else {
                throw ValueMistake("\(shown(words[2])) is not a duration", "write slow > 30s")
            }
            self = .slower(than: duration)
        case ("cost", 3) where words[1] == ">":
            guard let dollars = Double(words[2]), dollars >= 0, dollars.isFinite else {
                throw ValueMistake("\(shown(words[2])) is not an amount", "write dollars: cost > 0.50")
            }
            self = .dearer(than: dollars)
        case ("attribute", 4...) where words[2] == "=":
            // The value may have spaces in it.
            let value = text.split(separator: "=", maxSplits: 1)[1].drop { $0 == " " }
            self = .attribute(key: words[1], value: String(value))
        default:
            throw ValueMistake(
                "\(shown(text)) is no condition",
                "write failures, slow > 30s, cost > 0.50 or attribute KEY = VALUE"
            )
        }
    }

    /// As it is written.
    var text: String {
        switch self {
        case .failures: "failures"
        case .slower(let duration): "slow > \(duration.text)"
        case .dearer(let dollars): "cost > \(dollars)"
        case .attribute(let key, let value): "attribute \(key) = \(value)"
        }
    }
}

extension ValueForm where Value == Double {
    /// From 0 to 100.
    static var share: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard let share = Double(scalar.text), (0...100).contains(share) else {
                    throw ValueMistake("\(shown(scalar.text)) is no share", "write a number from 0 to 100")
                }
                return share
            },
            write: { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" },
            schema: .members([("type", .string("number")), ("minimum", .integer(0)), ("maximum", .integer(100))]),
            isBare: true
        )
    }
}
