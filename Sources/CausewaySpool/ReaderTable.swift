internal import CausewayPlatform
internal import Synchronization

/// All cursors of a log, open or parked, for whoever has to move one that is not its own.
final class ReaderTable: Sendable {
    /// An open cursor and what may be asked of its reader.
    struct Entry: Sendable {
        var cursor: ReaderCursor
        var rules: ReaderRules
    }

    private let entries = Mutex<[String: Entry]>([:])
    /// Held while a cursor's file is read to be opened, or changed without being open.
    let opening = Mutex<Void>(())

    subscript(name: String) -> Entry? {
        get { entries.withLock { $0[name] } }
        set { entries.withLock { $0[name] = newValue } }
    }

    var all: [Entry] { entries.withLock { Array($0.values) } }
}
