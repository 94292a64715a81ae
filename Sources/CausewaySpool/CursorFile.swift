// cursors/NAME: two slots, at 0 and at 256 KiB (the space between is never written); the newer intact one counts, the other is written next.
//
//    0 magic u32      4 version u32    8 generation u64    16 length u32    20 crc32c u32 (bytes 0–19, then the sections)
//   24 sections (Fields), `length` bytes

internal import CausewayPlatform
internal import Synchronization

/// A cursor on disk. Only ever the older slot is overwritten, so that a torn write costs one interval, not the cursor.
final class CursorFile: Sendable {
    static let slotSize = 256 << 10
    private static let magic: UInt32 = 0x3155_4343
    private static let version: UInt32 = 1
    private static let headerSize = 24

    let path: String
    private let file: any DiskFile
    /// Of the newest slot.
    private let generation = Mutex<UInt64>(0)

    /// Opens or (to write) creates the file; a new one's directory entry is made durable by the caller.
    init(disk: any Disk, path: String, access: FileAccess = .readWrite) throws(SpoolError) {
        self.path = path
        do throws(DiskError) {
            file = try disk.open(path, access)
        } catch {
            throw .disk(error)
        }
    }

    /// The newest intact cursor; nil when there is none.
    func load() throws(SpoolError) -> Cursor? {
        try generation.withLock { generation throws(SpoolError) in try load(&generation) }
    }

    /// Makes `cursor` the one that counts; durable when it returns.
    func save(_ cursor: Cursor) throws(SpoolError) {
        try generation.withLock { generation throws(SpoolError) in try save(cursor, &generation) }
    }

    /// What one of the two slots holds.
    enum Slot: Equatable {
        case empty
        case damaged
        case intact(Cursor, generation: UInt64)
    }

    private func load(_ generation: inout UInt64) throws(SpoolError) -> Cursor? {
        var newest: Cursor?
        for number in 0..<2 {
            guard case .intact(let cursor, let found) = try slot(number), found > generation || newest == nil else { continue }
            newest = cursor
            generation = found
        }
        return newest
    }

    /// Reads slot 0 or 1.
    func slot(_ number: Int) throws(SpoolError) -> Slot {
        let bytes: [UInt8]
        do throws(DiskError) {
            let header = try file.readAll(Self.headerSize, at: number * Self.slotSize)
            let length = header.count == Self.headerSize ? Int(header.littleEndian32(at: 16)) : 0
            bytes = header + (try file.readAll(min(length, Self.slotSize), at: number * Self.slotSize + Self.headerSize))
        } catch {
            throw .disk(error)
        }
        // The space before the second slot is a hole until that slot is written.
        if bytes.prefix(Self.headerSize).allSatisfy({ $0 == 0 }) { return .empty }
        guard bytes.count >= Self.headerSize, bytes.littleEndian32(at: 0) == Self.magic else { return .damaged }
        guard bytes.littleEndian32(at: 4) == Self.version else {
            throw .unreadable(path: path, reason: "written by a newer version (cursor format \(bytes.littleEndian32(at: 4)))")
        }
        let length = Int(bytes.littleEndian32(at: 16))
        guard Self.headerSize + length <= bytes.count, Self.checksum(bytes, length: length) == bytes.littleEndian32(at: 20),
            let cursor = Cursor(Fields([UInt8](bytes[Self.headerSize..<Self.headerSize + length])))
        else { return .damaged }
        return .intact(cursor, generation: bytes.littleEndian64(at: 8))
    }

    private func save(_ cursor: Cursor, _ generation: inout UInt64) throws(SpoolError) {
        var sections = cursor.fields.bytes
        if Self.headerSize + sections.count > Self.slotSize {
            // Only the breakdown by tenant can grow so long: the reader bounds its ranges.
            var merged = cursor
            merged.totals = cursor.totals.mergingTenants()
            sections = merged.fields.bytes
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: generation + 1)
        bytes.append(littleEndian: UInt32(sections.count))
        bytes.append(littleEndian: UInt32(0))
        bytes += sections
        let checksum = Self.checksum(bytes, length: sections.count)
        for byte in 0..<4 { bytes[20 + byte] = UInt8(truncatingIfNeeded: checksum >> (byte * 8)) }
        do throws(DiskError) {
            try file.writeAll([bytes], at: Int((generation + 1) % 2) * Self.slotSize)
            try file.sync()
        } catch {
            throw .disk(error)
        }
        generation += 1
    }

    private static func checksum(_ bytes: [UInt8], length: Int) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes, 0..<20)
        crc.update(bytes, headerSize..<headerSize + length)
        return crc.value
    }
}
