package import CausewayPlatform
internal import Synchronization

/// A disk in memory that keeps apart what was written and what is durable, and fails when it is told to.
///
/// `crash` loses what was not synced: any subset of the 512-byte sectors written since, of truncations, and of directory entries made,
/// renamed or removed. Seeded, so that a failure can be seen again.
package final class MemoryDisk: Disk {
    private let state = Mutex(State())

    package init() {}

    private struct State {
        var files: [Int: Contents] = [:]
        var nextFile = 0
        /// Paths as a running program sees them, and as they would be after a crash.
        var entries: [String: Int] = [:]
        var durableEntries: [String: Int] = [:]
        /// Changes of entries since their directory was synced, in order.
        var undurableEntries: [EntryChange] = []
        var directories: Set<String> = ["/", "."]
        var operations = 0
        var fault: (@Sendable (Int, String, String) -> Fault?)?
        var capacity = Int.max
        var locked: Set<Int> = []
    }

    private struct Contents {
        var written: [UInt8] = []
        var durable: [UInt8] = []
        var undurable: [Change] = []
    }

    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
    }

    private struct EntryChange {
        var directory: String
        var path: String
        /// Nil when the entry was removed.
        var file: Int?
    }

    package enum Fault: Sendable {
        case error(Int32)
        /// A write that takes only some of the bytes.
        case short
    }

    // MARK: What tests do to it

    /// Asked before every operation with its number, name and path.
    package func setFault(_ fault: (@Sendable (Int, String, String) -> Fault?)?) { state.withLock { $0.fault = fault } }

    package func setCapacity(_ bytes: Int) { state.withLock { $0.capacity = bytes } }

    package var operationCount: Int { state.withLock { $0.operations } }

    package var usedBytes: Int { state.withLock { state in state.entries.values.reduce(0) { $0 + state.files[$1]!.written.count } } }

    package func paths() -> [String] { state.withLock { $0.entries.keys.sorted() } }

    package func contents(of path: String) -> [UInt8]? {
        state.withLock { state in state.entries[path].map { state.files[$0]!.written } }
    }

    /// Puts a file there, durable at once.
    package func place(_ bytes: [UInt8], at path: String) {
        state.withLock { state in
            let file = state.nextFile
            state.nextFile += 1
            state.files[file] = Contents(written: bytes, durable: bytes)
            state.entries[path] = file
            state.durableEntries[path] = file
        }
    }

    package func remove(_ path: String) {
        state.withLock { state in
            state.entries[path] = nil
            state.durableEntries[path] = nil
        }
    }

    /// Another disk that holds the same.
    package func copied() -> MemoryDisk {
        let copy = MemoryDisk()
        let own = state.withLock { $0 }
        copy.state.withLock { state in
            state = own
            state.fault = nil
            state.locked = []
        }
        return copy
    }

    /// The same disk as a machine would find it after losing power now.
    package func crash<Random: RandomNumberGenerator>(using random: inout Random) -> MemoryDisk {
        let after = MemoryDisk()
        let before = state.withLock { $0 }
        var entries = before.durableEntries
        for change in before.undurableEntries where Bool.random(using: &random) {
            entries[change.path] = change.file
        }
        after.state.withLock { state in
            state.nextFile = before.nextFile
            state.directories = before.directories
            state.capacity = before.capacity
            state.entries = entries
            state.durableEntries = entries
            for file in Set(entries.values) {
                let kept = Self.survivors(of: before.files[file]!, using: &random)
                state.files[file] = Contents(written: kept, durable: kept)
            }
        }
        return after
    }

    private static func survivors<Random: RandomNumberGenerator>(of file: Contents, using random: inout Random) -> [UInt8] {
        var bytes = file.durable
        for change in file.undurable {
            switch change {
            case .truncate(let length):
                if Bool.random(using: &random) { bytes.resize(to: length) }
            case .write(let offset, let written):
                var start = 0
                while start < written.count {
                    let sectorEnd = min(written.count, start + 512 - (offset + start) % 512)
                    if Bool.random(using: &random) {
                        bytes.overlay([UInt8](written[start..<sectorEnd]), at: offset + start)
                    }
                    start = sectorEnd
                }
            }
        }
        return bytes
    }

    // MARK: Disk

    package func open(_ path: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        let file = try perform("open", path) { state throws(DiskError) in
            if let file = state.entries[path] {
                if access == .createNew { throw DiskError(operation: "open", path: path, code: 17) }
                return file
            }
            guard access != .read, state.directories.contains(Self.directory(of: path)) else {
                throw DiskError(operation: "open", path: path, code: 2)
            }
            let file = state.nextFile
            state.nextFile += 1
            state.files[file] = Contents()
            state.entries[path] = file
            state.undurableEntries.append(EntryChange(directory: Self.directory(of: path), path: path, file: file))
            return file
        }
        return MemoryFile(disk: self, file: file, path: path)
    }

    package func createDirectory(_ path: String) throws(DiskError) -> Bool {
        try perform("mkdir", path) { $0.directories.insert(path).inserted }
    }

    package func list(_ path: String) throws(DiskError) -> [String] {
        try perform("list", path) { state in
            state.entries.keys.filter { Self.directory(of: $0) == path }.map { String($0.dropFirst(path.count + 1)) }
        }
    }

    package func rename(_ from: String, to: String) throws(DiskError) {
        try perform("rename", from) { state throws(DiskError) in
            guard let file = state.entries.removeValue(forKey: from) else { throw DiskError(operation: "rename", path: from, code: 2) }
            state.entries[to] = file
            state.undurableEntries.append(EntryChange(directory: Self.directory(of: to), path: to, file: file))
            state.undurableEntries.append(EntryChange(directory: Self.directory(of: from), path: from, file: nil))
        }
    }

    package func unlink(_ path: String) throws(DiskError) {
        try perform("unlink", path) { state throws(DiskError) in
            guard state.entries.removeValue(forKey: path) != nil else { throw DiskError(operation: "unlink", path: path, code: 2) }
            state.undurableEntries.append(EntryChange(directory: Self.directory(of: path), path: path, file: nil))
        }
    }

    package func syncDirectory(_ path: String) throws(DiskError) {
        try perform("fsync directory", path) { state in
            for change in state.undurableEntries where change.directory == path { state.durableEntries[change.path] = change.file }
            state.undurableEntries.removeAll { $0.directory == path }
        }
    }

    package func allocatedBytes(_ path: String) throws(DiskError) -> Int {
        try perform("stat", path) { state throws(DiskError) in
            guard let file = state.entries[path] else { throw DiskError(operation: "stat", path: path, code: 2) }
            return state.files[file]!.written.count
        }
    }

    package func freeBytes(_ path: String) throws(DiskError) -> Int {
        try perform("statvfs", path) { state in
            max(0, state.capacity - state.entries.values.reduce(0) { $0 + state.files[$1]!.written.count })
        }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func perform<Result: Sendable>(
        _ operation: String,
        _ path: String,
        _ body: (inout State) throws(DiskError) -> Result
    ) throws(DiskError) -> Result {
        try state.withLock { state throws(DiskError) in
            if case .error(let code) = Self.fault(&state, operation, path) {
                throw DiskError(operation: operation, path: path, code: code)
            }
            return try body(&state)
        }
    }

    private static func fault(_ state: inout State, _ operation: String, _ path: String) -> Fault? {
        state.operations += 1
        return state.fault?(state.operations, operation, path)
    }

    /// An open file of the disk.
    private final class MemoryFile: DiskFile {
        private let disk: MemoryDisk
        private let file: Int
        private let path: String
        private let holdsLock = Atomic<Bool>(false)

        init(disk: MemoryDisk, file: Int, path: String) {
            self.disk = disk
            self.file = file
            self.path = path
        }

        func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int {
            try disk.state.withLock { state throws(DiskError) in
                var bytes = parts.reduce([], +)
                switch MemoryDisk.fault(&state, "write", path) {
                case .error(let code): throw DiskError(operation: "write", path: path, code: code)
                case .short: bytes = [UInt8](bytes.prefix(max(1, bytes.count / 2)))
                case nil: break
                }
                let used = state.entries.values.reduce(0) { $0 + state.files[$1]!.written.count }
                let growth = max(0, offset + bytes.count - state.files[file]!.written.count)
                guard used + growth <= state.capacity else { throw DiskError(operation: "write", path: path, code: 28) }
                state.files[file]!.written.overlay(bytes, at: offset)
                state.files[file]!.undurable.append(.write(offset: offset, bytes: bytes))
                return bytes.count
            }
        }

        func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
            try disk.perform("read", path) { state in
                let bytes = state.files[file]!.written
                guard offset < bytes.count else { return [] }
                return [UInt8](bytes[offset..<min(bytes.count, offset + count)])
            }
        }

        func sync() throws(DiskError) {
            try disk.perform("sync", path) { state in
                state.files[file]!.durable = state.files[file]!.written
                state.files[file]!.undurable = []
            }
        }

        func truncate(to length: Int) throws(DiskError) {
            try disk.perform("truncate", path) { state in
                state.files[file]!.written.resize(to: length)
                state.files[file]!.undurable.append(.truncate(length))
            }
        }

        func allocate(_ length: Int) throws(DiskError) { try disk.perform("allocate", path) { _ in } }

        func length() throws(DiskError) -> Int { try disk.perform("fstat", path) { $0.files[file]!.written.count } }

        func lock() throws(DiskError) -> Bool {
            let isTaken = try disk.perform("flock", path) { $0.locked.insert(file).inserted }
            if isTaken { holdsLock.store(true, ordering: .relaxed) }
            return isTaken
        }

        deinit {
            if holdsLock.load(ordering: .relaxed) { disk.state.withLock { _ = $0.locked.remove(file) } }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func resize(to length: Int) {
        if length < count {
            self = [UInt8](self[..<length])
        } else if length > count {
            self += [UInt8](repeating: 0, count: length - count)
        }
    }

    /// Lays `bytes` over what is there, from `offset` on. Joining whole arrays is quick in an unoptimised build as well.
    fileprivate mutating func overlay(_ bytes: [UInt8], at offset: Int) {
        let before = [UInt8](self[..<Swift.min(offset, count)]) + [UInt8](repeating: 0, count: Swift.max(0, offset - count))
        let end = offset + bytes.count
        self = before + bytes + (end < count ? [UInt8](self[end...]) : [])
    }
}
