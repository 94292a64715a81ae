// state/NAME: written anew as a whole each time, so that it is always one checkpoint or none.
//
//    0 magic u32    4 version u32    8 log id u64    16 length u32    20 crc32c u32 (bytes 0–19, then the sections)
//   24 sections (Fields), `length` bytes: 1 version of what follows u32 as u64, 2 sequence, 3 mark number, 4 what its owner knew

internal import CausewayPlatform

/// What somebody knew when a frame had just been taken in, so that a restart need not read everything before it again.
package struct Checkpoint: Equatable, Sendable {
    /// Of the form of `payload`, which is its owner's business.
    package var version: UInt64
    /// The last frame that is in it.
    package var sequence: UInt64
    /// Of the newest mark at that time; 0 for who makes none.
    package var markNumber: UInt64
    package var payload: [UInt8]

    package init(version: UInt64, sequence: UInt64, markNumber: UInt64 = 0, payload: [UInt8]) {
        self.version = version
        self.sequence = sequence
        self.markNumber = markNumber
        self.payload = payload
    }
}

/// The checkpoints in `state/`. They only save time: one that does not hold is as good as none.
struct StateFile {
    let disk: any Disk
    let paths: SpoolPaths
    let logID: UInt64

    private static let magic: UInt32 = 0x3153_5743
    private static let version: UInt32 = 1
    private static let headerSize = 24
    /// Larger ones are no checkpoints of ours.
    private static let maxSize = 256 << 20

    private enum Number {
        static let version: UInt16 = 1
        static let sequence: UInt16 = 2
        static let mark: UInt16 = 3
        static let payload: UInt16 = 4
    }

    /// Nil when there is none, or none that holds.
    func load(_ name: String) -> Checkpoint? { (try? read(name)) ?? nil }

    private func read(_ name: String) throws(DiskError) -> Checkpoint? {
        let file = try disk.open(paths.state(name), .read)
        let length = try file.length()
        guard (Self.headerSize...Self.maxSize).contains(length) else { return nil }
        let bytes = try file.readAll(length, at: 0)
        guard bytes.count == length, bytes.littleEndian32(at: 0) == Self.magic, bytes.littleEndian32(at: 4) == Self.version,
            bytes.littleEndian64(at: 8) == logID, Self.headerSize + Int(bytes.littleEndian32(at: 16)) == length,
            Self.checksum(bytes) == bytes.littleEndian32(at: 20)
        else { return nil }
        let fields = Fields([UInt8](bytes[Self.headerSize...]))
        guard let version = fields.first(Number.version)?.number, let sequence = fields.first(Number.sequence)?.number,
            let mark = fields.first(Number.mark)?.number, let payload = fields.first(Number.payload)?.bytes
        else { return nil }
        return Checkpoint(version: version, sequence: sequence, markNumber: mark, payload: payload)
    }

    func encoded(_ checkpoint: Checkpoint) -> [UInt8] {
        var fields = Fields()
        fields.add(Number.version, checkpoint.version)
        fields.add(Number.sequence, checkpoint.sequence)
        fields.add(Number.mark, checkpoint.markNumber)
        fields.add(Number.payload, checkpoint.payload)
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: logID)
        bytes.append(littleEndian: UInt32(fields.bytes.count))
        bytes.append(littleEndian: UInt32(0))
        bytes += fields.bytes
        let checksum = Self.checksum(bytes)
        for byte in 0..<4 { bytes[20 + byte] = UInt8(truncatingIfNeeded: checksum >> (byte * 8)) }
        return bytes
    }

    /// Puts the file in place of the one before; durable when it returns.
    func replace(_ name: String, with bytes: [UInt8]) throws(DiskError) {
        let temporary = Self.temporary(name)
        let file = try disk.open(paths.state(temporary), .readWrite)
        try file.truncate(to: 0)
        try file.writeAll([bytes], at: 0)
        try file.sync()
        try disk.rename(paths.state(temporary), to: paths.state(name))
        try disk.syncDirectory(paths.state)
    }

    /// No name of a checkpoint begins with a dot.
    static func temporary(_ name: String) -> String { ".\(name).new" }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes, 0..<20)
        crc.update(bytes, headerSize..<bytes.count)
        return crc.value
    }
}
