internal import CausewayPlatform
package import CausewaySpool
internal import Synchronization

/// A reader whose log is in memory. It remembers what became of every item, and does not let an item have two outcomes.
///
/// A payload is one line for each item, so that a backend can see which items a request holds.
package final class FakeReader: FrameReader, Sendable {
    package let name: String
    private let state = Mutex(State())

    private struct State {
        var frames: [UInt64: StoredFrame] = [:]
        var outcomes: [UInt64: [Outcome?]] = [:]
        /// On the boot-time clock; 0 for what was given back.
        var appended: [UInt64: UInt64] = [:]
        /// Not handed out, ascending.
        var ahead: [UInt64] = []
        var handedOut: Set<UInt64> = []
        var nextSequence: UInt64 = 1
        var delivered = 0
        var failures = 0
        var freshFrom: UInt64?
        var aside: [QuarantineDraft] = []
        var keepsAside = true
    }

    package init(name: String = "backend") { self.name = name }

    /// Appends a frame with items `<sequence>.<ordinal>`; `padding` makes each of them longer.
    @discardableResult
    package func append(signal: UInt8 = 1, tenant: String = "", items: Int = 1, padding: Int = 0) -> UInt64 {
        state.withLock { state in
            let sequence = state.nextSequence
            state.nextSequence += 1
            let lines = (0..<items).map { "\(sequence).\($0)" + String(repeating: " ", count: padding) + "\n" }
            state.frames[sequence] = StoredFrame(
                sequence: sequence,
                signal: signal,
                tenant: tenant,
                items: items,
                receivedNanoseconds: 0,
                payload: [UInt8](lines.joined().utf8)
            )
            state.outcomes[sequence] = [Outcome?](repeating: nil, count: items)
            state.ahead.append(sequence)
            state.appended[sequence] = SystemClock().bootNanoseconds()
            return sequence
        }
    }

    /// The next reads and outcomes fail.
    package func fail(times: Int) { state.withLock { $0.failures = times } }

    /// Items with an outcome, by outcome, as `<sequence>.<ordinal>` in order.
    package var outcomes: [Outcome: [String]] {
        state.withLock { state in
            var result: [Outcome: [String]] = [:]
            for (sequence, outcomes) in state.outcomes.sorted(by: { $0.key < $1.key }) {
                for (ordinal, outcome) in outcomes.enumerated() {
                    if let outcome { result[outcome, default: []].append("\(sequence).\(ordinal)") }
                }
            }
            return result
        }
    }

    /// What was set aside, in order.
    package var aside: [QuarantineDraft] { state.withLock { $0.aside } }
    /// From now on there is no room for anything that is to be set aside.
    package func keepNothingAside() { state.withLock { $0.keepsAside = false } }

    package var deliveredCount: Int { state.withLock { $0.delivered } }
    /// Items that nobody has decided about yet.
    package var pendingCount: Int { state.withLock { $0.outcomes.values.joined().count { $0 == nil } } }
    package var handedOutCount: Int { state.withLock { $0.handedOut.count } }

    /// Some of a payload's items.
    package static func slice(_ payload: [UInt8], _ items: Range<Int>) -> [UInt8] {
        let lines = payload.split(separator: UInt8(ascii: "\n"))
        return [UInt8](lines[items].map { $0 + [UInt8(ascii: "\n")] }.joined())
    }

    /// The items in a body, without their padding.
    package static func items(_ body: [UInt8]) -> [String] {
        String(decoding: body, as: UTF8.self).split(separator: "\n").map { String($0.prefix { $0 != " " }) }
    }

    // FrameReader

    package func backlog() -> Backlog {
        state.withLock { state in
            let bytes = state.ahead.reduce(0) { $0 + state.frames[$1]!.payload.count }
            return Backlog(bytes: bytes, oldestBootNanoseconds: state.ahead.first.flatMap { state.appended[$0] } ?? 0)
        }
    }

    package func read(maxBytes: Int, from place: ReadPlace) throws(SpoolError) -> [StoredFrame] {
        try failIfTold()
        return state.withLock { state in
            var bytes = 0
            var frames: [StoredFrame] = []
            if case .fresh = place, state.freshFrom == nil { state.freshFrom = state.nextSequence }
            while bytes < maxBytes {
                let index = state.ahead.firstIndex { sequence in
                    switch place {
                    case .oldest: true
                    case .others(let signals): state.appended[sequence] != 0 || !signals.contains(state.frames[sequence]!.signal)
                    case .ahead: state.appended[sequence] != 0
                    case .fresh(let skipped): sequence >= state.freshFrom! && !skipped.contains(state.frames[sequence]!.signal)
                    }
                }
                guard let index else { break }
                let sequence = state.ahead.remove(at: index)
                var frame = state.frames[sequence]!
                frame.pending = Self.gaps(state.outcomes[sequence]!)
                state.handedOut.insert(sequence)
                bytes += frame.payload.count
                frames.append(frame)
            }
            return frames
        }
    }

    package func giveBack(_ frames: [StoredFrame]) {
        state.withLock { state in
            for frame in frames {
                precondition(state.handedOut.remove(frame.sequence) != nil, "given back and not handed out")
                state.ahead.append(frame.sequence)
                state.appended[frame.sequence] = 0
            }
            state.ahead.sort()
        }
    }

    package func setAside(_ items: [QuarantineDraft], done: @escaping @Sendable (Result<Bool, SpoolError>) -> Void) {
        let isKept = state.withLock { state in
            if state.keepsAside { state.aside += items }
            return state.keepsAside
        }
        done(.success(isKept))
    }

    package func record(_ outcome: Outcome, of items: [ItemRange]) throws(SpoolError) {
        try failIfTold()
        state.withLock { state in
            for range in items {
                precondition(state.handedOut.contains(range.sequence), "an outcome for a frame that is not handed out")
                for ordinal in range.first..<range.first + range.count {
                    precondition(state.outcomes[range.sequence]![ordinal] == nil, "a second outcome for an item")
                    state.outcomes[range.sequence]![ordinal] = outcome
                }
                if outcome == .delivered { state.delivered += range.count }
                if !state.outcomes[range.sequence]!.contains(nil) { state.handedOut.remove(range.sequence) }
            }
        }
    }

    private func failIfTold() throws(SpoolError) {
        let fails = state.withLock { state in
            defer { state.failures = max(state.failures - 1, 0) }
            return state.failures > 0
        }
        if fails { throw .closed }
    }

    private static func gaps(_ outcomes: [Outcome?]) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        for (ordinal, outcome) in outcomes.enumerated() where outcome == nil {
            if let last = gaps.last, last.upperBound == ordinal {
                gaps[gaps.count - 1] = last.lowerBound..<ordinal + 1
            } else {
                gaps.append(ordinal..<ordinal + 1)
            }
        }
        return gaps
    }
}
