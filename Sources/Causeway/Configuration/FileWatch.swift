internal import CausewayPlatform
internal import Synchronization

/// Looks after the files that a configuration took values from, such as tokens, and asks for a reload when one of them says something else.
///
/// Whoever renews a token rarely tells those who use it. The files are small and few, so they are read now and then; changes of a directory
/// would not tell of what lies behind a link.
final class FileWatch: Sendable {
    private let state: Mutex<State>
    private let readFile: @Sendable (String) -> Result<[UInt8], Machine.FileMistake>

    private let stampFile: @Sendable (String) -> Result<FileStamp, Machine.FileMistake>

    private struct State: Sendable {
        var files: [String: FileMark]
        /// Files that are too large to be read now and then; nil for one that was not there.
        var stamps: [String: FileStamp?] = [:]
        var isRunning = false
    }

    static let interval: Duration = .seconds(2)

    init(
        _ files: [String: FileMark],
        stamps: [String: FileStamp?] = [:],
        readFile: @escaping @Sendable (String) -> Result<[UInt8], Machine.FileMistake>,
        stampFile: @escaping @Sendable (String) -> Result<FileStamp, Machine.FileMistake> = { _ in .failure(.init(reason: "not there")) }
    ) {
        state = Mutex(State(files: files, stamps: stamps))
        self.readFile = readFile
        self.stampFile = stampFile
    }

    /// From now on these are looked after, as they are said to be.
    func watch(_ files: [String: FileMark], stamps: [String: FileStamp?] = [:]) {
        state.withLock { ($0.files, $0.stamps) = (files, stamps) }
    }

    /// Whether one of them has changed since it was read; one that cannot be read now has not, it may be about to be replaced.
    func hasChanged() -> Bool {
        let (files, stamps) = state.withLock { ($0.files, $0.stamps) }
        let isRewritten = stamps.contains { path, stamp in
            guard case .success(let now) = stampFile(path) else { return false }
            return now != stamp
        }
        return isRewritten
            || files.contains { path, mark in
                guard case .success(let bytes) = readFile(path) else { return false }
                return FileMark(bytes) != mark
            }
    }

    /// Calls `changed` each time that something has changed, on a thread of its own, which is made when there is a file at all.
    func run(changed: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            let hasFiles = !state.files.isEmpty || !state.stamps.isEmpty
            defer { state.isRunning = state.isRunning || hasFiles }
            return !state.isRunning && hasFiles
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
