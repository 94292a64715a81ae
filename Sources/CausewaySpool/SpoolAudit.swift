/// The books of a data directory, counted anew by position in the log and held against what heads, footers and cursors say.
///
/// The law: `appended = delivered + pending + evicted + rejected + quarantined + filtered + folded + before_start`, for each reader, tenant
/// and signal; and what is quarantined is there.
package struct SpoolAudit: Sendable {
    /// The books of one reader.
    package struct Reader: Sendable {
        package var name: String
        /// By tenant, signal and term: `delivered`, `pending`, `evicted:REASON`, `rejected`, `quarantined`, `filtered:RULE`, `folded`,
        /// `before_start`.
        package var terms: Totals
        /// What was appended and is in none of them; negative where more has an outcome than was appended.
        package var unaccounted: Totals
    }

    /// Items ever appended, by tenant, signal and term: `from_receivers`, `created`, `imported`.
    package var appended: Totals
    /// Items that the log itself gave up, whoever reads it: `evicted:REASON`.
    package var evicted: Totals
    package var readers: [Reader] = []
    /// Cursors of another log, or of none: they say nothing about this one.
    package var otherCursors: [String] = []
    package var ledger: [LedgerRecord]
    /// What does not balance, a line each; empty when everything does.
    package var imbalances: [Imbalance] = []

    /// One line of the books that does not come out.
    package struct Imbalance: Equatable, Sendable {
        /// `log/…` or `cursors/NAME`.
        package var place: String
        package var tenant: String
        package var signal: UInt8
        /// What one side says, and what the other does.
        package var expected: Int
        package var found: Int
        /// What the two numbers are.
        package var problem: String
    }

    package var isBalanced: Bool { imbalances.isEmpty }

    /// `inspection` must have read everything.
    package init(_ inspection: SpoolInspection) {
        let books = inspection.books
        appended = books.items
        evicted = books - books.items
        ledger = inspection.ledger
        let own = inspection.segments.filter { $0.isOwn && !$0.isVoid }
        for (index, segment) in own.enumerated() { check(segment, isNewest: index + 1 == own.count) }
        for step in inspection.steps where !step.isExplained { check(step) }
        let perKey = appended.mergingTerms()
        for found in inspection.cursors {
            guard let cursor = found.cursor, found.isOf(inspection.identity?.logID) else {
                otherCursors.append(found.name)
                continue
            }
            let pending = inspection.pending[found.name] ?? Totals()
            var reader = Reader(name: found.name, terms: cursor.totals, unaccounted: Totals())
            reader.terms += pending.mergingTerms(as: "pending")
            reader.unaccounted = Self.unaccounted(perKey, reader.terms)
            // What went before it came there, while nothing held it for this reader.
            if let oldest = inspection.segments.first(where: { $0.isOwn }), cursor.passed.prefix + 1 < oldest.firstSequence {
                takeEvictions(into: &reader)
            }
            for (key, count) in reader.unaccounted.ordered {
                let all = perKey.counts[key, default: 0]
                imbalances.append(
                    Imbalance(
                        place: "cursors/\(found.name)",
                        tenant: key.tenant,
                        signal: key.signal,
                        expected: all,
                        found: all - count,
                        problem: "appended, and delivered + pending + evicted + rejected + quarantined + filtered + folded + before_start"
                    )
                )
            }
            checkQuarantine(found.name, cursor.totals, inspection.quarantined[found.name] ?? Totals())
            readers.append(reader)
        }
    }

    /// Appended less everything in `terms`, by tenant and signal; by signal alone where the cursor has joined its tenants.
    private static func unaccounted(_ appended: Totals, _ terms: Totals) -> Totals {
        let isJoined = terms.counts.keys.contains { $0.tenant == "*" }
        let terms = terms.mergingTerms()
        return isJoined ? appended.mergingTenants() - terms.mergingTenants() : appended - terms
    }

    private mutating func checkQuarantine(_ name: String, _ totals: Totals, _ copies: Totals) {
        var said = Totals()
        for (key, count) in totals.counts where key.term == "quarantined" { said.add(count, to: key) }
        let isJoined = totals.counts.keys.contains { $0.tenant == "*" }
        let difference = isJoined ? said.mergingTenants() - copies.mergingTenants() : said - copies
        for (key, count) in difference.withoutZeros.ordered {
            let expected = (isJoined ? said.mergingTenants() : said).counts[key, default: 0]
            imbalances.append(
                Imbalance(
                    place: "quarantine",
                    tenant: key.tenant,
                    signal: key.signal,
                    expected: expected,
                    found: expected - count,
                    problem: "quarantined for \(name), and the copies that are there"
                )
            )
        }
    }

    private mutating func takeEvictions(into reader: inout Reader) {
        for (key, count) in reader.unaccounted.counts where count > 0 {
            let reasons = evicted.counts.filter { $0.key.signal == key.signal && (key.tenant == "*" || $0.key.tenant == key.tenant) }
            guard reasons.values.reduce(0, +) >= count else { continue }
            let term = Set(reasons.keys.map(\.term)).count == 1 ? reasons.keys.first!.term : "evicted:several"
            reader.terms.add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: term))
            reader.unaccounted.add(-count, to: key)
        }
        reader.unaccounted = reader.unaccounted.withoutZeros
    }

    private mutating func check(_ segment: SegmentInspection, isNewest: Bool) {
        // What is lost before the newest head, that head tells.
        guard !segment.isDamaged || isNewest, let footer = segment.footer else { return }
        for (key, count) in (footer.books.items.mergingTerms() - segment.contents.books.items.mergingTerms()).ordered {
            let said = footer.books.items.mergingTerms().counts[key, default: 0]
            imbalances.append(
                Imbalance(
                    place: "log/\(segment.name)",
                    tenant: key.tenant,
                    signal: key.signal,
                    expected: said,
                    found: said - count,
                    problem: "its footer, and its frames"
                )
            )
        }
    }

    private mutating func check(_ step: SegmentStep) {
        let missing = (step.lost - step.onLedger - step.surplus).mergingTerms()
        for (key, count) in missing.ordered {
            imbalances.append(
                Imbalance(
                    place: "log/\(step.names.1)",
                    tenant: key.tenant,
                    signal: key.signal,
                    expected: count,
                    found: 0,
                    problem: "items that its head counts before it and that are neither there nor on the ledger"
                )
            )
        }
    }
}

extension Totals {
    /// In a fixed order.
    package var ordered: [(key: Key, value: Int)] {
        counts.sorted { ($0.key.tenant, $0.key.signal, $0.key.term) < ($1.key.tenant, $1.key.signal, $1.key.term) }
    }
}
