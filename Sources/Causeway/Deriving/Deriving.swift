internal import CausewaySpool

/// One who derives from the log, as the deriving thread drives it: reads, decides, commits, and says when it wants to be asked again.
///
/// All of them run one after the other on one thread, so that what one derives the next sees in its order and none needs a lock. None waits
/// for anything but the log's own commits, and nothing that is acknowledged waits for any of them.
protocol Deriving: AnyObject {
    /// The deriver's name in the spool.
    var name: String { get }

    /// Goes on for a while: a batch of frames, a commit at most. What throws is logged and tried again after a pause, with nothing lost.
    func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause

    /// What the configuration says now. Called on the deriving thread.
    func reload(_ configuration: Configuration)
}

extension Deriving {
    func reload(_ configuration: Configuration) {}
}
