// state/NAME: written anew as a whole each time, so that it is always one checkpoint or none.
//
//    0 magic u32    4 version u32    8 log id u64    16 length u32    20 crc32c u32 (bytes 0–19, then the sections)
//   24 sections (Fields), `length` bytes: 1 version of what follows u32 as u64, 2 sequence, 3 mark number, 4 what its owner knew, 5 the key
//      with which that is encrypted, when it is: as the payload of a note frame is, in whose header these numbers and the name are

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
    /// Written with the current one.
    let keys: SpoolKeys

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
        static let keyID: UInt16 = 5
    }

    /// Nil when there is none, or none that holds.
    func load(_ name: String) -> Checkpoint? {
        guard let (found, keyID) = (try? read(name)) ?? nil else { return nil }
        if keyID == 0 { return found }
        var header = header(found, as: name)
        header.flags = .encrypted
        header.payloadLength = UInt32(found.payload.count)
        guard let payload = try? StoredForm(keys: keys, keyID: keyID).opened(header, found.payload) else { return nil }
        return Checkpoint(version: found.version, sequence: found.sequence, markNumber: found.markNumber, payload: payload)
    }

    /// The key without which the checkpoint cannot be read; nil when it can, and when it does not hold.
    func missingKey(_ name: String) -> UInt64? {
        guard let (_, keyID) = (try? read(name)) ?? nil, keyID != 0, keys[keyID] == nil else { return nil }
        return keyID
    }

    /// With its payload as it is stored.
    private func read(_ name: String) throws(DiskError) -> (Checkpoint, keyID: UInt64)? {
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
        let checkpoint = Checkpoint(version: version, sequence: sequence, markNumber: mark, payload: payload)
        return (checkpoint, fields.first(Number.keyID)?.number ?? 0)
    }

    /// What an encrypted payload is bound to.
    private func header(_ checkpoint: Checkpoint, as name: String) -> FrameHeader {
        var header = FrameHeader(kind: .note, sequence: checkpoint.sequence, payloadLength: 0)
        // No note's.
        header.signal = .max
        header.receivedNanoseconds = checkpoint.version
        var crc = CRC32C()
        crc.update([UInt8](name.utf8))
        header.origin = FrameOrigin(log: logID, sequence: checkpoint.markNumber, firstItem: crc.value)
        return header
    }

    func encoded(_ checkpoint: Checkpoint, as name: String) -> [UInt8] {
        let keyID = keys.current?.id ?? 0
        var header = header(checkpoint, as: name)
        let payload = StoredForm(keys: keys, keyID: keyID).stored(checkpoint.payload, &header)
        var fields = Fields()
        fields.add(Number.version, checkpoint.version)
        fields.add(Number.sequence, checkpoint.sequence)
        fields.add(Number.mark, checkpoint.markNumber)
        fields.add(Number.payload, payload)
        if keyID != 0 { fields.add(Number.keyID, keyID) }
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
