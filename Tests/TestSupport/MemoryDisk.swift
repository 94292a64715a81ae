package import CausewayPlatform
internal import Synchronization

/// A disk in memory that keeps apart what was written and what is durable, and fails when it is told to.
///
/// A power loss keeps what was synced and any subset of the rest: of the 512-byte sectors written since, of truncations, and of directory
/// entries made, renamed or removed. What a failed sync left behind is not made durable by a later one that succeeds, as on a real disk.
package final class MemoryDisk: Disk {
    private let state: Mutex<State>

    package init() { state = Mutex(State()) }

    private init(_ initial: State) { state = Mutex(initial) }

    private struct State {
        var files: [Int: Contents] = [:]
        var nextFile = 0
        /// Paths as a running program sees them, and as they would be after a crash.
        var entries: [String: Int] = [:]
        var durableEntries: [String: Int] = [:]
        /// Changes of entries since their directory was synced, in order.
        var undurableEntries: [EntryChange] = []
        var directories: Set<String> = ["/", "."]
        var durableDirectories: Set<String> = ["/", "."]
        var operations = 0
        var fault: (@Sendable (Int, String, String) -> Fault?)?
        var capacity = Int.max
        var usedBytes = 0
        var peakBytes = 0
        var locked: Set<Int> = []
        var stopAt: Int?
        var stopped: MemoryDisk?

        mutating func changeUse(by bytes: Int) {
            usedBytes += bytes
            peakBytes = max(peakBytes, usedBytes)
        }

        mutating func link(_ path: String, to file: Int?) {
            if let old = entries[path] {
                files[old]!.isLinked = false
                changeUse(by: -files[old]!.usedBytes)
            }
            entries[path] = file
            if let file {
                files[file]!.isLinked = true
                changeUse(by: files[file]!.usedBytes)
            }
        }

        /// Changes entries of one directory in one step.
        mutating func change(_ changes: [(path: String, file: Int?)]) {
            for (path, file) in changes { link(path, to: file) }
            undurableEntries.append(EntryChange(directory: MemoryDisk.directory(of: changes[0].path), entries: changes))
        }
    }

    private struct Contents {
        var written: [UInt8] = []
        var durable: [UInt8] = []
        var undurable: [Change] = []
        /// Written before a sync that failed: a program reads it, the platter may never see it.
        var doomed: [Change] = []
        /// Whether an entry leads to it.
        var isLinked = true
        /// Never written, and so without a place on the disk.
        var holes: [Range<Int>] = []

        /// Blocks reserved ahead.
        var allocated = 0
        /// Rises with every change; what a crash takes back of them it does not take back here, which is the worst there can be.
        var changes: UInt64 = 0

        var usedBytes: Int { max(allocated, holes.reduce(written.count) { $0 - $1.count }) }

        mutating func write(_ bytes: [UInt8], at offset: Int) {
            changes += 1
            if offset > written.count { holes.append(written.count..<offset) }
            written.overlay(bytes, at: offset)
            holes = holes.flatMap { hole in
                [hole.clamped(to: 0..<offset), hole.clamped(to: (offset + bytes.count)..<Int.max)].filter { !$0.isEmpty }
            }
        }

        mutating func truncate(to length: Int) {
            changes += 1
            if length > written.count { holes.append(written.count..<length) }
            written.resize(to: length)
            holes = holes.map { $0.clamped(to: 0..<length) }.filter { !$0.isEmpty }
        }
    }

    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
    }

    /// What one call changed in one directory; all of it survives, or nothing.
    private struct EntryChange {
        var directory: String
        /// Nil where the entry was removed.
        var entries: [(path: String, file: Int?)]
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

    package var usedBytes: Int { state.withLock { $0.usedBytes } }

    /// The most that was ever used at once.
    package var peakBytes: Int { state.withLock { $0.peakBytes } }

    package func paths() -> [String] { state.withLock { $0.entries.keys.sorted() } }

    package func contents(of path: String) -> [UInt8]? {
        state.withLock { state in state.entries[path].map { state.files[$0]!.written } }
    }

    /// Puts a file there, durable at once, with the directories above it.
    package func place(_ bytes: [UInt8], at path: String) {
        state.withLock { state in
            let file = state.nextFile
            state.nextFile += 1
            state.files[file] = Contents(written: bytes, durable: bytes)
            state.link(path, to: file)
            state.durableEntries[path] = file
            var directory = Self.directory(of: path)
            while state.directories.insert(directory).inserted || !state.durableDirectories.contains(directory) {
                state.durableDirectories.insert(directory)
                directory = Self.directory(of: directory)
            }
        }
    }

    package func remove(_ path: String) {
        state.withLock { state in
            state.link(path, to: nil)
            state.durableEntries[path] = nil
        }
    }

    /// Keeps the disk as it is just before operation number `operation`; the program goes on as if nothing had happened.
    package func stop(at operation: Int) {
        state.withLock { state in
            state.stopAt = operation
            state.stopped = nil
        }
    }

    /// The disk as it was when `stop` had it kept: how the next process finds it when this one was killed there. Nil until then.
    package var stopped: MemoryDisk? { state.withLock { $0.stopped } }

    /// The disk as the next process finds it when this one is killed now: nothing is lost, nothing more is durable than was.
    package func kill() -> MemoryDisk { MemoryDisk(state.withLock { Self.killed($0) }) }

    private static func killed(_ state: State) -> State {
        var after = state
        after.fault = nil
        after.locked = []
        after.stopAt = nil
        after.stopped = nil
        return after
    }

    /// The same disk as a machine would find it after losing power now.
    package func crash<Random: RandomNumberGenerator>(using random: inout Random) -> MemoryDisk {
        let before = state.withLock { $0 }
        var after = State()
        var entries = before.durableEntries
        for change in before.undurableEntries where Bool.random(using: &random) {
            for entry in change.entries { entries[entry.path] = entry.file }
        }
        after.directories = before.durableDirectories
        for directory in before.directories.subtracting(before.durableDirectories).sorted() where Bool.random(using: &random) {
            if after.directories.contains(Self.directory(of: directory)) { after.directories.insert(directory) }
        }
        entries = entries.filter { after.directories.contains(Self.directory(of: $0.key)) }
        after.durableDirectories = after.directories
        after.nextFile = before.nextFile
        after.capacity = before.capacity
        after.entries = entries
        after.durableEntries = entries
        for (_, file) in entries.sorted(by: { $0.key < $1.key }) where after.files[file] == nil {
            let kept = Self.survivors(of: before.files[file]!, using: &random)
            let holes = before.files[file]!.holes.map { $0.clamped(to: 0..<kept.count) }
            after.files[file] = Contents(written: kept, durable: kept, holes: holes, changes: before.files[file]!.changes)
            after.changeUse(by: after.files[file]!.usedBytes)
        }
        return MemoryDisk(after)
    }

    private static func survivors<Random: RandomNumberGenerator>(of file: Contents, using random: inout Random) -> [UInt8] {
        var bytes = file.durable
        for change in file.doomed + file.undurable {
            switch change {
            case .truncate(let length):
                if Bool.random(using: &random) { bytes.resize(to: length) }
            case .write(let offset, let written):
                // A sector alone, or all of them: both happen, and long writes would else hardly ever survive as a whole.
                let fate = Int.random(in: 0..<4, using: &random)
                var start = 0
                while start < written.count {
                    let sectorEnd = min(written.count, start + 512 - (offset + start) % 512)
                    if fate == 0 || (fate > 1 && Bool.random(using: &random)) {
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
            state.change([(path, file)])
            return file
        }
        return MemoryFile(disk: self, file: file, path: path)
    }

    package func createDirectory(_ path: String) throws(DiskError) -> Bool {
        try perform("mkdir", path) { $0.directories.insert(path).inserted }
    }

    package func list(_ path: String) throws(DiskError) -> [String] {
        try perform("list", path) { state throws(DiskError) in
            guard state.directories.contains(path) else { throw DiskError(operation: "list", path: path, code: 2) }
            return state.entries.keys.filter { Self.directory(of: $0) == path }.map { String($0.dropFirst(path.count + 1)) }.sorted()
        }
    }

    package func rename(_ from: String, to: String) throws(DiskError) {
        try perform("rename", from) { state throws(DiskError) in
            guard let file = state.entries[from] else { throw DiskError(operation: "rename", path: from, code: 2) }
            precondition(Self.directory(of: from) == Self.directory(of: to), "renamed within a directory only")
            state.change([(from, nil), (to, file)])
        }
    }

    package func unlink(_ path: String) throws(DiskError) {
        try perform("unlink", path) { state throws(DiskError) in
            guard state.entries[path] != nil else { throw DiskError(operation: "unlink", path: path, code: 2) }
            state.change([(path, nil)])
        }
    }

    package func syncDirectory(_ path: String) throws(DiskError) {
        try perform("fsync directory", path) { state in
            for change in state.undurableEntries where change.directory == path {
                for entry in change.entries { state.durableEntries[entry.path] = entry.file }
            }
            state.undurableEntries.removeAll { $0.directory == path }
            for directory in state.directories where Self.directory(of: directory) == path {
                state.durableDirectories.insert(directory)
            }
        }
    }

    package func allocatedBytes(_ path: String) throws(DiskError) -> Int {
        try perform("stat", path) { state throws(DiskError) in
            guard let file = state.entries[path] else { throw DiskError(operation: "stat", path: path, code: 2) }
            return state.files[file]!.usedBytes
        }
    }

    package func stamp(_ path: String) throws(DiskError) -> FileStamp {
        try perform("stat", path) { state throws(DiskError) in
            guard let file = state.entries[path] else { throw DiskError(operation: "stat", path: path, code: 2) }
            let contents = state.files[file]!
            return FileStamp(bytes: contents.written.count, file: UInt64(file), modifiedNanoseconds: contents.changes)
        }
    }

    package func freeBytes(_ path: String) throws(DiskError) -> Int {
        try perform("statvfs", path) { max(0, $0.capacity - $0.usedBytes) }
    }

    fileprivate static func directory(of path: String) -> String {
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
        if state.operations == state.stopAt { state.stopped = MemoryDisk(killed(state)) }
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
                var bytes: [UInt8] = []
                for part in parts { bytes += part }
                switch MemoryDisk.fault(&state, "write", path) {
                case .error(let code): throw DiskError(operation: "write", path: path, code: code)
                case .short: bytes = [UInt8](bytes.prefix(max(1, bytes.count / 2)))
                case nil: break
                }
                let growth = max(0, offset + bytes.count - state.files[file]!.written.count)
                guard state.usedBytes + growth <= state.capacity else { throw DiskError(operation: "write", path: path, code: 28) }
                let before = state.files[file]!.usedBytes
                state.files[file]!.write(bytes, at: offset)
                state.files[file]!.undurable.append(.write(offset: offset, bytes: bytes))
                if state.files[file]!.isLinked { state.changeUse(by: state.files[file]!.usedBytes - before) }
                return bytes.count
            }
        }

        func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
            try disk.perform("read", path) { state in
                let bytes = state.files[file]!.written
                guard offset < bytes.count else { return [] }
                return [UInt8](bytes[offset..<(count < bytes.count - offset ? offset + count : bytes.count)])
            }
        }

        func sync() throws(DiskError) {
            try disk.state.withLock { state throws(DiskError) in
                if case .error(let code) = MemoryDisk.fault(&state, "sync", path) {
                    // The pages are marked clean all the same.
                    state.files[file]!.doomed += state.files[file]!.undurable
                    state.files[file]!.undurable = []
                    throw DiskError(operation: "sync", path: path, code: code)
                }
                for change in state.files[file]!.undurable {
                    switch change {
                    case .write(let offset, let bytes): state.files[file]!.durable.overlay(bytes, at: offset)
                    case .truncate(let length): state.files[file]!.durable.resize(to: length)
                    }
                }
                state.files[file]!.undurable = []
                state.files[file]!.doomed = []
            }
        }

        func truncate(to length: Int) throws(DiskError) {
            try disk.perform("truncate", path) { state in
                let before = state.files[file]!.usedBytes
                state.files[file]!.truncate(to: length)
                state.files[file]!.undurable.append(.truncate(length))
                if state.files[file]!.isLinked { state.changeUse(by: state.files[file]!.usedBytes - before) }
            }
        }

        func allocate(_ length: Int) throws(DiskError) {
            try disk.perform("allocate", path) { state throws(DiskError) in
                let before = state.files[file]!.usedBytes
                guard state.usedBytes + max(0, length - before) <= state.capacity else {
                    throw DiskError(operation: "allocate", path: path, code: 28)
                }
                state.files[file]!.allocated = max(state.files[file]!.allocated, length)
                if state.files[file]!.isLinked { state.changeUse(by: state.files[file]!.usedBytes - before) }
            }
        }

        func length() throws(DiskError) -> Int { try disk.perform("fstat", path) { $0.files[file]!.written.count } }

        func lock() throws(DiskError) -> Bool {
            let isTaken = try disk.perform("flock", path) { $0.locked.insert(file).inserted }
            if isTaken { holdsLock.store(true, ordering: .relaxed) }
            return isTaken
        }

        /// Who was refused the lock does not take it from its holder on going.
        deinit {
            if holdsLock.load(ordering: .relaxed) { disk.state.withLock { _ = $0.locked.remove(file) } }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func resize(to length: Int) {
        if length < count {
            removeLast(count - length)
        } else if length > count {
            self += [UInt8](repeating: 0, count: length - count)
        }
    }

    /// Lays `bytes` over what is there, from `offset` on.
    fileprivate mutating func overlay(_ bytes: [UInt8], at offset: Int) {
        if offset + bytes.count > count { resize(to: offset + bytes.count) }
        // One copy of memory: quick in an unoptimised build as well, and files are written many times.
        withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                if source.count > 0 { (target.baseAddress! + offset).copyMemory(from: source.baseAddress!, byteCount: source.count) }
            }
        }
    }
}
