internal import CausewayPlatform

/// What a cursor's file holds, read without touching it.
package struct CursorInspection: Sendable {
    /// The destination whose cursor it is.
    package var name: String
    /// Bytes on disk; the file is longer, with a hole in it.
    package var bytes: Int
    /// Nil when no slot holds.
    package var cursor: Cursor?
    package var damagedSlots = 0
    /// Why it cannot be read at all: a newer version, or the disk.
    package var unreadable: String?

    /// Whether it speaks of the log `logID`.
    package func isOf(_ logID: UInt64?) -> Bool { cursor != nil && cursor?.logID == logID }

    /// Nil when the file is gone.
    init?(disk: any Disk, paths: SpoolPaths, name: String) throws(DiskError) {
        self.name = name
        let path = paths.cursor(name)
        do throws(SpoolError) {
            let file = try CursorFile(reading: path, disk: disk)
            bytes = (try? disk.allocatedBytes(path)) ?? 0
            // A slot that is being written at this moment is whole a moment later.
            for _ in 0..<3 {
                (cursor, damagedSlots) = (nil, 0)
                var newest: UInt64 = 0
                for number in 0..<2 {
                    switch try file.slot(number) {
                    case .empty: break
                    case .damaged: damagedSlots += 1
                    case .intact(let found, let generation, _):
                        if cursor == nil || generation >= newest { (cursor, newest) = (found, generation) }
                    }
                }
                if damagedSlots == 0 { break }
            }
        } catch {
            switch error {
            case .disk(let failure) where failure.isMissing: return nil
            case .disk(let failure): throw failure
            case .full, .locked, .unreadable, .closed:
                bytes = 0
                unreadable = "\(error)"
            }
        }
    }
}
