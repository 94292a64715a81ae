/// What maintenance has done since the bridge started.
package struct MaintenanceCounts: Equatable, Sendable {
    /// Bytes by which segments became shorter through compression.
    package var savedBytes = 0
    /// Bytes by which segments became shorter because content was shed.
    package var shedBytes = 0
    /// Frames whose content was shed.
    package var reducedFrames = 0
    /// Segments written anew.
    package var segments = 0
    /// Time spent at it, pauses left out.
    package var nanoseconds: UInt64 = 0
    /// Segments that could not be written anew because the disk would not; they stay as they were, and it is tried again.
    package var failures = 0

    package init() {}
}
