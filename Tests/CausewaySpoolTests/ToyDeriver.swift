import CausewayPlatform
import TestSupport

@testable import CausewaySpool

/// The simplest deriver that needs everything the spool offers: it counts items by tenant and writes what it has counted as a frame of its
/// own behind every few frames, notes every third frame, and with each of its frames comes back to one that was settled long ago.
final class ToyDeriver {
    /// What it knows; a function of the frames up to one of them.
    struct Knowledge: Equatable {
        var counts: [String: Int] = [:]
        var frames = 0
        /// Sequence of the first frame of the block before this one, and of this one.
        var earlierBlock: UInt64 = 0
        var block: UInt64 = 0
    }

    /// What is to be added for one frame that was read.
    struct Decision: Equatable {
        var sequence: UInt64
        var notes: [NoteDraft] = []
        var frames: [FrameDraft] = []
    }

    static let blockSize = 4

    let deriver: Deriver
    private(set) var known = Knowledge()
    private var decisions: [Decision] = []
    /// What it knew at each frame that it has read and no mark covers.
    private var history: [(sequence: UInt64, known: Knowledge)] = []
    private let replayEnd: UInt64

    init(_ deriver: Deriver) {
        self.deriver = deriver
        replayEnd = deriver.mark.sequence
        if let checkpoint = deriver.checkpoint { known = Knowledge(checkpoint.payload) }
        history = [(deriver.checkpoint?.sequence ?? 0, known)]
    }

    func read(maxBytes: Int) throws(SpoolError) {
        for frame in try deriver.read(maxBytes: maxBytes) {
            let decision = known.take(frame)
            if frame.sequence > replayEnd { decisions.append(decision) }
            history.append((frame.sequence, known))
        }
    }

    var undecided: Int { decisions.count }
    /// Decisions that add something.
    var due: [Decision] { decisions.filter { !$0.notes.isEmpty || !$0.frames.isEmpty } }

    /// Commits the first `count` decisions.
    func commit(_ count: Int) throws(SpoolError) {
        let ready = decisions.prefix(count)
        guard let last = ready.last else { return }
        try deriver.commit(
            upTo: last.sequence,
            notes: ready.flatMap(\.notes),
            frames: ready.flatMap(\.frames),
            payload: [UInt8]("\(ready.count)".utf8)
        )
        decisions.removeFirst(ready.count)
    }

    func saveCheckpoint() throws(SpoolError) {
        guard let at = history.last(where: { $0.sequence <= deriver.mark.sequence }) else { return }
        history.removeAll { $0.sequence < at.sequence }
        try deriver.save(at.known.bytes, version: 1, upTo: at.sequence)
    }
}

extension ToyDeriver.Knowledge {
    mutating func take(_ frame: StoredFrame) -> ToyDeriver.Decision {
        var decision = ToyDeriver.Decision(sequence: frame.sequence)
        // What it has made itself tells it nothing.
        if frame.flags.contains(.derived) { return decision }
        counts[frame.tenant, default: 0] += frame.items
        frames += 1
        if frames % ToyDeriver.blockSize == 1 { (earlierBlock, block) = (block, frame.sequence) }
        if frames % 3 == 0 {
            decision.notes.append(NoteDraft(sequence: frame.sequence, item: frame.items - 1, payload: [UInt8]("third \(frames)".utf8)))
        }
        if frames % ToyDeriver.blockSize == 0 {
            let text = "block \(frames / ToyDeriver.blockSize): \(counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
            decision.frames.append(
                FrameDraft(kind: .otlp, signal: 2, items: 1, receivedNanoseconds: frame.receivedNanoseconds, payload: [UInt8](text.utf8))
            )
            if earlierBlock > 0 {
                decision.notes.append(NoteDraft(sequence: earlierBlock, item: 0, payload: [UInt8]("seen from \(frames)".utf8)))
            }
        }
        return decision
    }

    var bytes: [UInt8] {
        let tenants = counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return [UInt8]("\(frames);\(earlierBlock);\(block);\(tenants)".utf8)
    }

    init(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
        frames = Int(parts[0])!
        earlierBlock = UInt64(parts[1])!
        block = UInt64(parts[2])!
        for entry in parts[3].split(separator: ",") {
            let pair = entry.split(separator: "=", omittingEmptySubsequences: false)
            counts[String(pair[0])] = Int(pair[1])!
        }
    }
}
