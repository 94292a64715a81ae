internal import Synchronization

/// All that is known about prices at one time: overrides first, then tables in their order.
///
/// Finding a model by its name takes microseconds, and agents ask the same few models again and again, so what was found is remembered.
package final class PriceBook: Sendable {
    package let overrides: [PriceOverride]
    package let fees: [ToolFee]
    /// What a name of one's own stands for, in lower case.
    package let aliases: [String: String]
    package let tables: [PriceTable]
    /// The same: what a call asks is not to copy a table's dozen lists.
    let kept: [KeptTable]
    private let remembered: Mutex<[Entry?]>

    private struct Entry {
        var key: [UInt8]
        var outcome: PriceOutcome
    }

    private static let places = 1024

    package init(
        tables: [PriceTable],
        overrides: [PriceOverride] = [],
        fees: [ToolFee] = [],
        aliases: [String: String] = [:]
    ) {
        self.tables = tables
        kept = tables.map { KeptTable($0) }
        self.overrides = overrides
        self.fees = fees
        self.aliases = Dictionary(aliases.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        remembered = Mutex([Entry?](repeating: nil, count: Self.places))
    }

    /// What is built in, and nothing else.
    package static let builtIn = PriceBook(tables: [BuiltInPrices.table])

    /// What is known about a call by its key; `ModelQuestion.key` made it.
    func outcome(for key: [UInt8]) -> PriceOutcome {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let place = Int(truncatingIfNeeded: hash ^ hash >> 29) & (Self.places - 1)
        if let known = remembered.withLock({ entries in entries[place].flatMap { $0.key == key ? $0.outcome : nil } }) { return known }
        let outcome = PriceOutcome(find(ModelQuestion(key: key)))
        // A name of any length may come; what is remembered is bounded.
        if key.count <= 1024 { remembered.withLock { $0[place] = Entry(key: key, outcome: outcome) } }
        return outcome
    }

    /// What one call of a tool costs, and by which rule; nil if nothing is said about it.
    package func fee(tool: String, endpoint: String, tenant: String) -> (price: Dollars, rule: String)? {
        guard let fee = fees.first(where: { $0.applies(tool: tool, endpoint: endpoint, tenant: tenant) }) else { return nil }
        return (fee.perCall, ["tool:\(fee.tool ?? "*")", fee.endpoint.map { "endpoint:\($0)" }].compactMap(\.self).joined(separator: "+"))
    }
}

/// A table that stays where it is.
final class KeptTable: Sendable {
    let table: PriceTable

    init(_ table: PriceTable) { self.table = table }
}

/// Which model a call is to be priced as, and what the price depends on beside the counts.
package struct ModelQuestion: Equatable, Sendable {
    package var tenant = ""
    /// The conventions' name; empty if it is not known.
    package var provider = ""
    package var responseModel = ""
    package var requestModel = ""
    /// The host that answered.
    package var host = ""
    /// Where it was answered, if something else says so than the host.
    package var region = ""

    package init() {}

    /// All of it in one text, to be found again by: tenant, provider, the model that answered, the one asked for, host, region.
    static func key(_ parts: [[UInt8]]) -> [UInt8] {
        var key: [UInt8] = []
        for part in parts {
            // Nothing has a NUL in its name; what does is another name.
            if !part.contains(0) { key += part }
            key.append(0)
        }
        return key
    }

    init(key: [UInt8]) {
        let parts = key.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 6 else { return }
        (tenant, provider, responseModel, requestModel, host, region) = (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    }
}
