internal import CausewayPlatform
internal import CausewaySpool

/// The frames a destination has in memory, each until all of its parts have an outcome or it goes back to the log.
///
/// A frame that was divided goes back only when none of its parts is under way any more: the log hands out what has no outcome, and
/// would else hand out a part a second time.
struct HeldFrames {
    private var frames: [UInt64: Held] = [:]
    private(set) var bytes = 0
    private let budget: Budget

    private struct Held {
        var frame: StoredFrame
        var parts: Int
        var goesBack = false
        /// What it holds of the budget; none if there was no room for it.
        var charge: Int
    }

    init(budget: Budget) { self.budget = budget }

    var isEmpty: Bool { frames.isEmpty }

    /// Takes frames in. `reserved` bytes of the budget are theirs already; what is not needed goes back to it.
    mutating func add(_ new: [StoredFrame], reserved: Int) {
        var credit = reserved
        for frame in new where !frame.pending.isEmpty {
            let size = frame.payload.count
            var charge = size
            if size <= credit {
                credit -= size
            } else if budget.reserve(size - credit) {
                credit = 0
            } else {
                charge = 0
            }
            frames[frame.sequence] = Held(frame: frame, parts: frame.pending.count, charge: charge)
            bytes += size
        }
        budget.release(credit)
    }

    /// A part was divided in two.
    mutating func divided(_ sequence: UInt64) { frames[sequence]!.parts += 1 }

    /// The part has its outcome. Answers with the frame if it has to go back now.
    mutating func settled(_ part: Part) -> StoredFrame? { ended(part, goesBack: false) }

    /// The part could not be sent now. Answers with the frame if it has to go back now.
    mutating func returned(_ part: Part) -> StoredFrame? { ended(part, goesBack: true) }

    private mutating func ended(_ part: Part, goesBack: Bool) -> StoredFrame? {
        var held = frames[part.frame.sequence]!
        held.parts -= 1
        held.goesBack = held.goesBack || goesBack
        guard held.parts == 0 else {
            frames[part.frame.sequence] = held
            return nil
        }
        frames[part.frame.sequence] = nil
        bytes -= held.frame.payload.count
        budget.release(held.charge)
        return held.goesBack ? held.frame : nil
    }
}
