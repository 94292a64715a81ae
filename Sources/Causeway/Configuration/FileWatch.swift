internal import CausewayPlatform
internal import Synchronization

/// Looks after the files that a configuration took values from, such as tokens, and asks for a reload when one of them says something else.
///
/// Whoever renews a token rarely tells those who use it. The files are small and few, so they are read now and then; changes of a directory
/// would not tell of what lies behind a link.
final class FileWatch: Sendable {
    private let state: Mutex<State>
    private let readFile: @Sendable (String) -> Result<[UInt8], Machine.FileMistake>

    private struct State: Sendable {
        var files: [String: FileMark]
        var isRunning = false
    }

    static let interval: Duration = .seconds(2)

    init(_ files: [String: FileMark], readFile: @escaping @Sendable (String) -> Result<[UInt8], Machine.FileMistake>) {
        state = Mutex(State(files: files))
        self.readFile = readFile
    }

    /// From now on these are looked after, as they are said to be.
    func watch(_ files: [String: FileMark]) { state.withLock { $0.files = files } }

    /// Whether one of them has changed since it was read; one that cannot be read now has not, it may be about to be replaced.
    func hasChanged() -> Bool {
        state.withLock { $0.files }.contains { path, mark in
            guard case .success(let bytes) = readFile(path) else { return false }
            return FileMark(bytes) != mark
        }
    }

    /// Calls `changed` each time that something has changed, on a thread of its own, which is made when there is a file at all.
    func run(changed: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            defer { state.isRunning = state.isRunning || !state.files.isEmpty }
            return !state.isRunning && !state.files.isEmpty
        }
        guard starts else { return }
        _ = WorkThread(name: "causeway-files") { [self] in
            while true {
                pause(Self.interval)
                if hasChanged() { changed() }
            }
        }
    }
}

/// By what a file's content is known again, without keeping it: it may be a secret.
struct FileMark: Equatable, Sendable {
    private var count: Int
    private var checksum: UInt32

    init(_ bytes: [UInt8]) {
        count = bytes.count
        var crc = CRC32C()
        crc.update(bytes, 0..<bytes.count)
        checksum = crc.value
    }
}
