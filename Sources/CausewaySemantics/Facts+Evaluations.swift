internal import CausewayOTLP

/// Judgements about an item that stand on it: each becomes the conventions' event.
extension Facts {
    /// Reads a family of attributes with places in their keys (`annotations.0.annotation.score`), each place one judgement. The
    /// attributes stay: they say more than the event, such as who judged.
    package mutating func takeEvaluations(family: String, member: String) {
        guard keys.hasPlaces, kind == .span else { return }
        let family = Array(family.utf8)
        guard attributes.entries.contains(where: { payload.begins(with: family, at: $0.view.key) }) else { return }
        for place in 0..<Self.limit {
            let start = String(decoding: family, as: UTF8.self) + "\(place).\(member)."
            guard let name = text(start + "name"), !name.isEmpty else { break }
            var event = WireWriter()
            event.fixed(1, endNanoseconds)
            event.field(2, Self.name)
            event.attribute(3, Array(Field.evaluationName.key.utf8), text: Array(name.utf8))
            if let score = number(start + "score") { event.attribute(3, Array(Field.evaluationScore.key.utf8), double: score) }
            if let label = text(start + "label") { event.attribute(3, Array(Field.evaluationLabel.key.utf8), text: Array(label.utf8)) }
            if let explanation = text(start + "explanation") {
                event.attribute(3, Array(Field.evaluationExplanation.key.utf8), text: Array(explanation.utf8))
            }
            added.field(11, event.bytes)
        }
    }

    private static let name = Array("gen_ai.evaluation.result".utf8)
    /// More judgements on one item than anybody makes.
    private static let limit = 32
}
