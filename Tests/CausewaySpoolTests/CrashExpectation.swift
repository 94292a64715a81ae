import CausewayPlatform
import TestSupport

@testable import CausewaySpool

/// What a log owes after everything that was done to it, kept apart from it and by simpler means.
struct CrashExpectation {
    /// Every frame ever handed in, by its number; the number is in the time it was received.
    private(set) var written: [FrameDraft] = []
    /// The numbers of each commit group, and the group of each number.
    private(set) var groups: [[Int]] = []
    private(set) var groupOf: [Int] = []
    /// Numbers that were acknowledged, or that a finished recovery has found.
    var appended: Set<Int> = []
    private(set) var sequences: [Int: UInt64] = [:]
    private(set) var numbers: [UInt64: Int] = [:]
    var readers: [String: Reader] = [:]
    /// Groups that were being appended when it crashed: nobody was told what became of them.
    var unanswered: [[Int]] = []

    /// How far a reader has got.
    struct Progress: Equatable {
        /// By number: the outcome of each item.
        var outcomes: [Int: [String?]] = [:]
        /// Appended before it began.
        var before: Set<Int> = []
        /// By number: items that were copied together, as long as the copy counts.
        var copies: [Int: [Range<Int>]] = [:]
    }

    struct Reader {
        var current: Progress
        /// As last saved for certain; and saves since then that may have happened.
        var saved: Progress
        var attempted: [Progress] = []
    }

    private static let epoch: UInt64 = 1_800_000_000_000_000_000

    mutating func write(_ drafts: [FrameDraft]) -> [FrameDraft] {
        let first = written.count
        let group = drafts.enumerated().map { index, draft in
            var numbered = draft
            numbered.receivedNanoseconds = Self.epoch + UInt64(first + index)
            return numbered
        }
        written += group
        groupOf += group.map { _ in groups.count }
        groups.append(Array(first..<written.count))
        return group
    }

    /// What is shed here: all but the first 16 bytes.
    static let reduce: ContentReduction = { _, _, payload in payload.count > 16 ? [UInt8](payload.prefix(16)) : nil }

    static func number(_ receivedNanoseconds: UInt64) -> Int { Int(receivedNanoseconds &- epoch) }

    /// Checks that what was read is what was written, once each, in order, in whole groups; returns the numbers.
    mutating func check(_ frames: [StoredFrame]) throws(Broken) -> Set<Int> {
        let order = try identify(frames)
        guard zip(order, order.dropFirst()).allSatisfy({ $0 < $1 }) else { throw Broken("out of order: \(order)") }
        let found = Set(order)
        for number in order {
            let group = groups[groupOf[number]]
            if !group.allSatisfy(found.contains) {
                throw Broken("of group \(group) only \(group.filter(found.contains)) is there")
            }
        }
        return found
    }

    private static func label(_ frame: FrameDraft) -> String {
        "\(frame.payload.count) bytes of '\(frame.tenant)', signal \(frame.signal), \(frame.items) items"
    }

    private static func label(_ frame: StoredFrame) -> String {
        "\(frame.payload.count) bytes of '\(frame.tenant)', signal \(frame.signal), \(frame.items) items"
    }

    /// The numbers of frames that were read; each has to be what was written, and where it has always been.
    mutating func identify(_ frames: [StoredFrame]) throws(Broken) -> [Int] {
        var order: [Int] = []
        for frame in frames {
            let number = Self.number(frame.receivedNanoseconds)
            guard written.indices.contains(number) else { throw Broken("a frame that was never written") }
            let draft = written[number]
            let isWhole = frame.payload == draft.payload || frame.payload == Self.reduce(draft.kind, draft.signal, draft.payload)
            guard isWhole, frame.tenant == draft.tenant, frame.signal == draft.signal, frame.items == draft.items
            else {
                throw Broken("frame \(number), \(Self.label(draft)), has become \(Self.label(frame))")
            }
            order.append(number)
            if let other = numbers[frame.sequence], other != number {
                throw Broken("sequence \(frame.sequence) was frame \(other) and is \(number)")
            }
            if let other = sequences[number], other != frame.sequence {
                throw Broken("frame \(number) was sequence \(other) and is \(frame.sequence)")
            }
            numbers[frame.sequence] = number
            sequences[number] = frame.sequence
        }
        return order
    }

    /// Checks that nothing appended is missing but what may be: what every reader has passed for certain or, without a reader, what is
    /// on the ledger.
    func check(missing found: Set<Int>, evicted: Int) throws(Broken) {
        let missing = appended.subtracting(found)
        if readers.isEmpty {
            let lost = missing.reduce(0) { $0 + written[$1].items }
            // More may be on the ledger: the file of a segment that was given up can come back when power is lost.
            if lost > evicted { throw Broken("\(lost) items are gone, \(evicted) are on the ledger: \(missing.sorted())") }
        }
        for (name, reader) in readers {
            // What was being saved when it crashed may have been saved; which of them it was, opening the reader tells.
            let possible = reader.attempted + [reader.saved]
            for number in missing where !possible.contains(where: { $0.hasPassed(number, items: written[number].items) }) {
                throw Broken("frame \(number) is gone, and \(name) has not passed it for certain")
            }
        }
    }

    /// What was being appended may have been durable, and have had to go for what came next, before anybody was told: then it is in the
    /// books, as appended and as given up, and nowhere else.
    mutating func adoptGivenUp(_ books: Totals, found: Set<Int>) {
        defer { unanswered = [] }
        var all = appended
        for group in unanswered {
            if books == totals(appended) { return }
            if found.contains(group[0]) { continue }
            all.formUnion(group)
            if books == totals(all) { appended = all }
        }
    }

    /// Takes back what a program learnt since `before`, when it turns out that it had crashed by then; what it tried may have happened.
    mutating func forget(since before: CrashExpectation) {
        appended = before.appended
        sequences = before.sequences
        numbers = before.numbers
        let later = readers
        readers = before.readers
        for name in readers.keys { readers[name]!.attempted += later[name]!.attempted + [later[name]!.saved] }
    }

    func totals(_ numbers: Set<Int>) -> Totals {
        var totals = Totals()
        for number in numbers { totals.add(written[number].items, to: key(number, "from_receivers")) }
        return totals
    }

    private func key(_ number: Int, _ term: String) -> Totals.Key {
        Totals.Key(tenant: written[number].tenant, signal: written[number].signal, term: term)
    }

    /// Whether a cursor says exactly this.
    func says(_ cursor: Cursor, _ progress: Progress) -> Bool { difference(cursor, progress) == nil }

    /// Where a cursor says something else.
    func difference(_ cursor: Cursor, _ progress: Progress) -> String? {
        var totals = Totals()
        for number in progress.before { totals.add(written[number].items, to: key(number, "before_start")) }
        for (number, outcomes) in progress.outcomes {
            for case let term? in outcomes { totals.add(1, to: key(number, term)) }
        }
        guard cursor.totals == totals else { return "\(cursor.totals), not \(totals)" }
        for (sequence, number) in numbers where !progress.before.contains(number) {
            let outcomes = progress.outcomes[number]
            let isPassed = outcomes?.allSatisfy { $0 != nil } ?? false
            if cursor.passed.contains(sequence) != isPassed { return "frame \(number) is passed: \(!isPassed)" }
            let partial = isPassed ? [] : (outcomes ?? []).indices.filter { outcomes![$0] != nil }
            if (cursor.partial[sequence] ?? []).flatMap({ Array($0) }) != partial { return "frame \(number): not \(partial)" }
        }
        return nil
    }

    /// What a reader that has got so far has to be handed, of the frames that are there.
    func due(_ progress: Progress, of found: Set<Int>) -> [Int: [Int]] {
        var due: [Int: [Int]] = [:]
        for number in found where !progress.hasPassed(number, items: written[number].items) {
            due[number] = (0..<written[number].items).filter { progress.outcomes[number]?[$0] == nil }
        }
        return due
    }
}

extension CrashExpectation.Progress {
    /// The items that count as set aside, copy by copy.
    func setAside(_ expected: CrashExpectation) -> [(range: ItemRange, number: Int)] {
        copies.sorted { $0.key < $1.key }.flatMap { number, ranges in
            ranges.map { (ItemRange(sequence: expected.sequences[number] ?? 0, first: $0.lowerBound, count: $0.count), number) }
        }
    }

    /// A copy is let go: its items become what `term` says, some of them rejected.
    mutating func release(_ number: Int, _ range: ItemRange, as term: String, rejecting: Int) {
        copies[number]?.removeAll { $0.lowerBound == range.first }
        if copies[number]?.isEmpty == true { copies[number] = nil }
        for item in range.first..<range.first + range.count {
            outcomes[number]![item] = item < range.first + rejecting ? "rejected" : term
        }
    }

    mutating func evict(_ number: Int, of count: Int, as term: String) {
        for item in 0..<count where outcomes[number]?[item] == nil { record(term, number, item..<item + 1, of: count) }
    }

    mutating func record(_ term: String, _ number: Int, _ items: Range<Int>, of count: Int) {
        if term == "quarantined" { copies[number, default: []].append(items) }
        var terms = outcomes[number] ?? [String?](repeating: nil, count: count)
        for item in items { terms[item] = term }
        outcomes[number] = terms
    }

    func hasDelivered(_ number: Int, items: Int) -> Bool {
        outcomes[number]?.allSatisfy { $0 == "delivered" } ?? false
    }

    func hasPassed(_ number: Int, items: Int) -> Bool {
        before.contains(number) || (outcomes[number]?.allSatisfy { $0 != nil } ?? false)
    }
}

/// A promise that was not kept.
struct Broken: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
