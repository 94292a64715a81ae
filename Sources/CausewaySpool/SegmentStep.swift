/// From one segment to the next: what the books said before, what the segment adds, and what they say behind it.
///
/// Each head repeats the books of everything before it, so a segment that has been tampered with, damaged or removed shows here.
package struct SegmentStep: Sendable {
    /// The earlier segment's name, and the later one's.
    package var names: (String, String)
    /// Sequences between the last frame of the one and the head of the other.
    package var gap: ClosedRange<UInt64>?
    /// Among which sequences the loss is.
    package var sequences: ClosedRange<UInt64>
    package var receivedNanoseconds: ClosedRange<UInt64>
    /// Items by which the later head says more was appended than is there, and by which it says less.
    package var lost: Totals
    package var surplus: Totals
    /// Of what is lost, what the ledger already says.
    package var onLedger: Totals

    /// What is lost and not on the ledger.
    package var unsaid: Totals { (lost - onLedger).filter { (lost - onLedger).counts[$0, default: 0] > 0 } }

    package var isExplained: Bool { surplus.counts.isEmpty && unsaid.counts.isEmpty }

    var findings: [SpoolFinding] {
        var findings: [SpoolFinding] = []
        func add(_ severity: SpoolFinding.Severity, _ problem: String) {
            findings.append(SpoolFinding(severity: severity, place: "log/\(names.1)", problem: problem))
        }
        if let gap {
            let frames = SpoolInspection.counted(gap.count, "sequence", "sequences")
            add(.note, "\(frames) before it (from \(gap.lowerBound) on) are in no segment")
        }
        if !unsaid.counts.isEmpty {
            let items = SpoolInspection.counted(unsaid.sum(), "item", "items")
            add(.error, "its head counts \(items) before it that are not there and not on the ledger; repair puts them there")
        }
        if !surplus.counts.isEmpty {
            add(.error, "its head counts \(SpoolInspection.counted(surplus.sum(), "item", "items")) fewer before it than there are")
        }
        return findings
    }
}

extension SpoolInspection {
    /// The steps between neighbouring segments whose heads both hold; of a reading of everything.
    package var steps: [SegmentStep] {
        let own = segments.filter { $0.isOwn && $0.head != nil }
        return zip(own, own.dropFirst()).compactMap { earlier, later in
            guard let before = earlier.head?.booksBefore, let after = later.head?.booksBefore else { return nil }
            // Segments in between that have no head of their own have their frames all the same.
            let between = segments.filter {
                $0.isOwn && $0.firstSequence >= earlier.firstSequence && $0.firstSequence < later.firstSequence
            }
            let there = between.reduce(into: Totals()) { $0 += $1.isRead ? $1.contents.books : $1.books }
            // Items only: a ledger entry that is lost takes its own words with it, and no item.
            let difference = after.items - before.items - there.items
            let last = between.map(\.contents.lastSequence).max() ?? earlier.contents.lastSequence
            let sequences = earlier.firstSequence...max(earlier.firstSequence, later.firstSequence - 1)
            let times = between.flatMap { [$0.contents.firstReceivedNanoseconds, $0.contents.lastReceivedNanoseconds] }.filter { $0 > 0 }
            let gap = later.firstSequence > last + 1 ? last + 1...later.firstSequence - 1 : nil
            let missing = between.flatMap(\.missing) + (gap.map { [$0] } ?? [])
            let said = ledger.map(\.entry).filter {
                $0.isDamage && $0.firstSequence <= sequences.upperBound && $0.lastSequence >= sequences.lowerBound
            }
            return SegmentStep(
                names: (earlier.name, later.name),
                gap: gap,
                sequences: missing.isEmpty
                    ? sequences : missing.map(\.lowerBound).min()!...missing.map(\.upperBound).max()!,
                receivedNanoseconds: (times.min() ?? 0)...(times.max() ?? 0),
                lost: difference.filter { difference.counts[$0, default: 0] > 0 },
                surplus: Totals() - difference.filter { difference.counts[$0, default: 0] < 0 },
                onLedger: said.reduce(into: Totals()) { $0 += $1.items }
            )
        }
    }
}

extension LedgerEntry {
    /// The reason of what could not be read back.
    static let damaged = "damaged"

    /// Whether it says that the log itself lost something to damage.
    var isDamage: Bool { term == "evicted" && reason == Self.damaged && reader.isEmpty }
}
