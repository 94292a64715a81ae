package import CausewayPlatform

/// How far a followed file was read, as it is kept in the log.
package struct FollowPosition: Equatable, Sendable {
    package var identity: TailedFile.Identity
    /// Bytes of whole lines that are in the log.
    package var offset: Int
    /// How many lines these are.
    package var lines: Int
    /// Checksum of the file's first bytes, and of how many: a file that begins otherwise is another one.
    package var head: UInt32
    package var headLength: Int

    static let headBytes = 256

    package var payload: [UInt8] {
        Array("1 \(identity.device) \(identity.inode) \(offset) \(lines) \(head) \(headLength)".utf8)
    }

    /// Nil for what a later version has written.
    package init?(payload: [UInt8]) {
        let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
        guard words.count >= 7, words[0] == "1", let device = UInt64(words[1]), let inode = UInt64(words[2]), let offset = Int(words[3]),
            let lines = Int(words[4]), let head = UInt32(words[5]), let headLength = Int(words[6]), offset >= 0
        else { return nil }
        identity = TailedFile.Identity(device: device, inode: inode)
        (self.offset, self.lines, self.head, self.headLength) = (offset, lines, head, headLength)
    }

    init(_ file: TailedFile, offset: Int = 0, lines: Int = 0) {
        identity = file.identity
        (self.offset, self.lines) = (offset, lines)
        headLength = min(offset, Self.headBytes)
        head = Self.checksum(file, headLength)
    }

    /// Whether the file goes on where this one was left.
    func fits(_ file: TailedFile) -> Bool {
        file.identity == identity && file.size >= offset && Self.checksum(file, headLength) == head
    }

    private static func checksum(_ file: TailedFile, _ length: Int) -> UInt32 {
        guard length > 0 else { return 0 }
        let bytes = file.read(at: 0, atMost: length)
        var crc = CRC32C()
        crc.update(bytes, 0..<bytes.count)
        return crc.value
    }
}

/// A file that lines are added to: read to its end, through rotation and truncation, each line once.
final class FollowedFile {
    let path: String
    private let lineLimit: Int
    private var file: TailedFile?
    private(set) var position: FollowPosition?
    private var splitter: LineSplitter
    /// Where the next bytes are read: behind the position, where a line has not ended.
    private var readOffset = 0
    private static let chunk = 256 << 10

    /// `position` is the last that is in the log.
    init(path: String, lineLimit: Int, position: FollowPosition?) {
        self.path = path
        self.lineLimit = lineLimit
        self.position = position
        splitter = LineSplitter(limit: lineLimit)
    }

    struct Piece {
        var lines: [LineSplitter.Line]
        /// When these lines are in the log.
        var position: FollowPosition
    }

    /// The next lines; nil at the end. What is not kept, by `keep`, comes again after `rewind`.
    func next() throws(DiskError) -> Piece? {
        if file == nil { try openNext() }
        while let file {
            if let position, file.size < position.offset || !position.fits(file) {
                // Cut off, or written anew under its name.
                begin(file, FollowPosition(file))
            }
            let bytes = file.read(at: readOffset, atMost: Self.chunk)
            var lines: [LineSplitter.Line] = []
            if bytes.isEmpty {
                guard TailedFile.identity(of: path).map({ $0 != file.identity }) ?? false else { return nil }
                // It has another name now, and nobody writes to it any more: what is left is its last line.
                if file.size > readOffset { continue }
                splitter.finish { lines.append($0) }
                let end = FollowPosition(file, offset: readOffset, lines: splitter.nextNumber - 1)
                self.file = nil
                if !lines.isEmpty { return Piece(lines: lines, position: end) }
                position = end
                try openNext()
                continue
            }
            readOffset += bytes.count
            let start = position?.offset ?? 0
            splitter.take(bytes) { lines.append($0) }
            let offset = start + splitter.consumed
            if offset == start { continue }
            return Piece(lines: lines, position: FollowPosition(file, offset: offset, lines: splitter.nextNumber - 1))
        }
        return nil
    }

    /// The lines of a piece are in the log.
    func keep(_ piece: Piece) {
        let held = splitter
        position = piece.position
        // What has come of the next line is kept, too; counting begins behind the position.
        splitter = held.counted()
    }

    /// They are not: they are read again.
    func rewind() {
        file = nil
    }

    private func begin(_ file: TailedFile, _ from: FollowPosition) {
        self.file = file
        position = from
        readOffset = from.offset
        splitter = LineSplitter(limit: lineLimit, number: from.lines + 1)
    }

    /// Goes on with the file that was read last, under whatever name it has now; then with the one that has the name.
    private func openNext() throws(DiskError) {
        let current = try TailedFile(path: path)
        guard let position else {
            if let current { begin(current, FollowPosition(current)) }
            return
        }
        if let current, position.identity == current.identity {
            begin(current, position.fits(current) ? position : FollowPosition(current))
            return
        }
        // What was added to the old one before it was renamed.
        if let old = try renamed(position) {
            // Unless it was cut off and written anew before that.
            let left = position.fits(old) ? position : FollowPosition(old)
            if old.size > left.offset {
                begin(old, left)
                return
            }
            // It was renamed more than once since: what came between that and the one that has the name now.
            if let next = try successor(of: old, before: current) {
                begin(next, FollowPosition(next))
                return
            }
        }
        if let current { begin(current, FollowPosition(current)) }
    }

    /// The file that was followed, under the names that rotation gives: the old one with something behind it.
    private func renamed(_ position: FollowPosition) throws(DiskError) -> TailedFile? {
        for other in rotated() where TailedFile.identity(of: other) == position.identity { return try TailedFile(path: other) }
        return nil
    }

    /// Of the files that had the name before, the first that was written to after this one.
    private func successor(of old: TailedFile, before current: TailedFile?) throws(DiskError) -> TailedFile? {
        var found: TailedFile?
        for other in rotated() {
            guard let file = try TailedFile(path: other), file.identity != old.identity, file.identity != current?.identity,
                file.modifiedNanoseconds > old.modifiedNanoseconds
            else { continue }
            if found.map({ file.modifiedNanoseconds < $0.modifiedNanoseconds }) ?? true { found = file }
        }
        return found
    }

    private static let packed = [".gz", ".zst", ".xz", ".bz2"]

    private func rotated() -> [String] {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[...$0]) } ?? "./"
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        return ((try? RealDisk().list(directory)) ?? []).filter { other in
            other != name && other.hasPrefix(name) && !Self.packed.contains { other.hasSuffix($0) }
        }.map { directory + $0 }
    }
}
