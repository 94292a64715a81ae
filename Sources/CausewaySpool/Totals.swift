/// Item counts by tenant, signal and whatever else the books tell apart.
package struct Totals: Equatable, Sendable {
    package struct Key: Hashable, Sendable {
        package var tenant: String
        package var signal: UInt8
        /// The term of the books: `from_receivers`, `delivered`, `rejected`, …; with the reason, the rule or the deriver behind a colon
        /// where there is one.
        package var term: String

        package init(tenant: String, signal: UInt8, term: String) {
            self.tenant = tenant
            self.signal = signal
            self.term = term
        }
    }

    package private(set) var counts: [Key: Int] = [:]

    package init() {}

    package mutating func add(_ count: Int, to key: Key) {
        // Never overflows on counts that nobody can have: what was read from disk must not end the process.
        if count != 0 { counts[key, default: 0] &+= count }
    }

    package static func += (left: inout Totals, right: Totals) {
        for (key, count) in right.counts { left.add(count, to: key) }
    }

    /// Only what was appended, without what was given up.
    package var items: Totals {
        var items = Totals()
        for (key, count) in counts where !key.term.contains(":") || key.term.hasPrefix(Self.created) { items.add(count, to: key) }
        return items
    }

    /// What the term begins with of items that a deriver made.
    static let created = "created:"

    /// The same sums with all tenants as one, named `*`.
    func mergingTenants() -> Totals {
        var merged = Totals()
        for (key, count) in counts { merged.add(count, to: Key(tenant: "*", signal: key.signal, term: key.term)) }
        return merged
    }

    /// The sum over all keys that fulfil `condition`.
    package func sum(where condition: (Key) -> Bool = { _ in true }) -> Int {
        counts.reduce(0) { condition($1.key) ? $0 &+ $1.value : $0 }
    }
}

extension Totals {
    private enum Number {
        static let entry: UInt16 = 1
        static let tenant: UInt16 = 1
        static let signal: UInt16 = 2
        static let term: UInt16 = 3
        static let count: UInt16 = 4
    }

    /// The entries in a fixed order, so that equal totals are equal bytes.
    var fields: Fields {
        var fields = Fields()
        let ordered = counts.sorted { ($0.key.tenant, $0.key.signal, $0.key.term) < ($1.key.tenant, $1.key.signal, $1.key.term) }
        for (key, count) in ordered {
            var entry = Fields()
            entry.add(Number.tenant, key.tenant)
            entry.add(Number.signal, UInt64(key.signal))
            entry.add(Number.term, key.term)
            entry.add(Number.count, UInt64(bitPattern: Int64(count)))
            fields.add(Number.entry, entry)
        }
        return fields
    }

    init(_ fields: Fields) {
        for entry in fields.every(Number.entry).map(\.fields) {
            guard let signal = entry.first(Number.signal)?.number, let count = entry.first(Number.count)?.number else { continue }
            let key = Key(
                tenant: entry.first(Number.tenant)?.text ?? "",
                signal: UInt8(truncatingIfNeeded: signal),
                term: entry.first(Number.term)?.text ?? ""
            )
            add(Int(Int64(bitPattern: count)), to: key)
        }
    }
}
