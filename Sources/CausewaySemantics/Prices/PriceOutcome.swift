internal import CausewayOTLP
internal import Synchronization

/// What calls that ask for the same are priced by, as long as its tables are.
package final class PriceOutcome: Sendable {
    let found: PriceMatch?
    /// `causeway.cost.source` and the beginning of `causeway.cost.rule`.
    let source: [UInt8]
    let rule: [UInt8]
    /// What lately was needed: calls of one model differ in little.
    private let tariffs = Mutex<[StatedTariff]>([])

    private static let places = 8

    init(_ found: PriceMatch?) {
        self.found = found
        source = Array((found?.source ?? "").utf8)
        rule = Array((found?.rule ?? "").utf8)
    }

    /// What a call with these counts costs; nil where no model was found.
    func tariff(_ book: PriceBook, _ counts: UnitCounts, tier: ServiceTier, input: Int64, seconds: Int64) -> StatedTariff? {
        guard let found else { return nil }
        let known = tariffs.withLock { $0.first { $0.tariff.holds(counts.present, tier, input: input, seconds: seconds) } }
        if let known { return known }
        let made = StatedTariff(book.tariff(found, counts, tier: tier, input: input, seconds: seconds), self)
        tariffs.withLock { tariffs in
            if tariffs.count == Self.places { tariffs.removeLast() }
            tariffs.insert(made, at: 0)
        }
        return made
    }
}

/// A tariff with the attributes that it makes on a span, into which only the amounts have to be put.
final class StatedTariff: Sendable {
    let tariff: Tariff
    /// The value of `causeway.cost.rule`.
    let rule: [UInt8]
    /// The parts that are said.
    let parts: [(field: Field, part: BillPart)]
    /// All of a span's attributes that say what it cost, one behind the other, as fields of the span.
    private let fields: [UInt8]
    /// Where in them the amounts of the parts stand, and behind those the total's.
    private let places: [Int]

    init(_ tariff: Tariff, _ outcome: PriceOutcome) {
        self.tariff = tariff
        rule = outcome.rule + Array(tariff.conditions.map { "+" + $0 }.joined().utf8)
        parts = Self.all.filter { tariff.isSaid($0.part) }
        var writer = WireWriter()
        var places: [Int] = []
        for field in parts.map(\.field) + [.costTotal] {
            writer.attribute(Self.number, Field.keys[Int(field.rawValue)], double: 0)
            // The last thing that is written is the number.
            places.append(writer.bytes.count - 8)
        }
        for (field, text) in [(Field.costSource, outcome.source), (.costRule, rule), (.costCurrency, Self.dollars)] {
            writer.attribute(Self.number, Field.keys[Int(field.rawValue)], text: text)
        }
        (fields, self.places) = (writer.bytes, places)
    }

    /// Writes the attributes of a span that has none of them.
    func write(_ bill: Bill, to writer: inout WireWriter) {
        let start = writer.bytes.count
        writer.append(fields)
        for (index, part) in parts.enumerated() { writer.replace(double: bill.part(part.part).rounded, at: start + places[index]) }
        writer.replace(double: bill.total.rounded, at: start + places[parts.count])
    }

    /// The field of a span that holds its attributes.
    private static let number = 9
    static let dollars = Array("USD".utf8)

    private static let all: [(field: Field, part: BillPart)] = [
        (.costInput, .input), (.costOutput, .output), (.costCacheRead, .cacheRead), (.costCacheWrite, .cacheWrite),
        (.costReasoning, .reasoning), (.costTool, .tool),
    ]

    /// What a span may say of its costs already.
    static let fields: [Field] = all.map(\.field) + [.costTotal, .costSource, .costRule, .costCurrency]
}
