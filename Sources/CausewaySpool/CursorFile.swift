// cursors/NAME: two slots, at 0 and at 256 KiB (the space between is never written); the newer intact one counts, the other is written next.
//
//    0 magic u32      4 version u32    8 generation u64    16 length u32    20 crc32c u32 (bytes 0–19, then the sections)
//   24 sections (Fields), `length` bytes

internal import CausewayPlatform
internal import Synchronization

/// A cursor on disk. Only ever the older slot is overwritten, so that a torn write costs one interval, not the cursor.
final class CursorFile: Sendable {
    static let slotSize = 256 << 10
    /// What a slot takes of the disk from the beginning.
    private static let placeSize = 4096
    private static let magic: UInt32 = 0x3155_4343
    private static let version: UInt32 = 1
    private static let headerSize = 24

    let path: String
    private let file: any DiskFile
    /// Of the newest slot.
    private let generation = Mutex<UInt64>(0)

    /// Nil when there is no such file.
    init?(disk: any Disk, path: String) throws(SpoolError) {
        self.path = path
        do throws(DiskError) {
            // Opening for reading alone tells without creating whether it is there.
            _ = try disk.open(path, .read)
            file = try disk.open(path, .readWrite)
        } catch  where error.isMissing {
            return nil
        } catch {
            throw .disk(error)
        }
    }

    /// Opens the file to look into it, and for nothing else.
    init(reading path: String, disk: any Disk) throws(SpoolError) {
        self.path = path
        do throws(DiskError) {
            file = try disk.open(path, .read)
        } catch {
            throw .disk(error)
        }
    }

    /// Makes the file, which has its name only when the cursor in it and its directory entry are durable.
    init(disk: any Disk, path: String, in directory: String, creating cursor: Cursor) throws(SpoolError) {
        self.path = path
        // No name of a reader begins with a dot.
        let temporary = directory + "/.new"
        do throws(DiskError) {
            file = try disk.open(temporary, .readWrite)
            try file.truncate(to: 0)
            // Both slots have their place from the beginning: where the disk is full only what readers have passed can go.
            let place = [UInt8](repeating: 0, count: Self.placeSize)
            for number in 0..<2 { try file.writeAll([place], at: number * Self.slotSize) }
        } catch {
            throw .disk(error)
        }
        try save(cursor)
        do throws(DiskError) {
            try disk.rename(temporary, to: path)
            try disk.syncDirectory(directory)
        } catch {
            throw .disk(error)
        }
    }

    /// The newest intact cursor; nil when there is none.
    func load() throws(SpoolError) -> Cursor? { try newest()?.cursor }

    /// The same for who goes on from there: it is on stable storage when this returns, also when the process that wrote it was killed
    /// before its sync, or the sync failed. Else the next save could spoil the only slot that is.
    func loadDurably() throws(SpoolError) -> Cursor? {
        guard let newest = try newest() else { return nil }
        try generation.withLock { generation throws(SpoolError) in
            try write(newest.bytes, generation: newest.generation)
            generation = newest.generation
        }
        return newest.cursor
    }

    /// Makes `cursor` the one that counts; durable when it returns.
    func save(_ cursor: Cursor) throws(SpoolError) {
        try generation.withLock { generation throws(SpoolError) in try save(cursor, &generation) }
    }

    /// What one of the two slots holds.
    enum Slot {
        case empty
        case damaged
        case intact(cursor: Cursor, generation: UInt64, bytes: [UInt8])
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
        let length = Int(bytes.littleEndian32(at: 16))
        guard Self.headerSize + length <= bytes.count, Self.checksum(bytes, length: length) == bytes.littleEndian32(at: 20) else {
            return .damaged
        }
        // Only behind a checksum that holds: a flipped bit is not a newer version.
        guard bytes.littleEndian32(at: 4) == Self.version else {
            throw .unreadable(path: path, reason: "written by a newer version (cursor format \(bytes.littleEndian32(at: 4)))")
        }
        let generation = bytes.littleEndian64(at: 8)
        guard generation < .max, let cursor = Cursor(Fields([UInt8](bytes[Self.headerSize..<Self.headerSize + length]))) else {
            return .damaged
        }
        return .intact(cursor: cursor, generation: generation, bytes: bytes)
    }

    private func newest() throws(SpoolError) -> (cursor: Cursor, generation: UInt64, bytes: [UInt8])? {
        var newest: (cursor: Cursor, generation: UInt64, bytes: [UInt8])?
        for number in 0..<2 {
            guard case .intact(let cursor, let generation, let bytes) = try slot(number), generation >= newest?.generation ?? 0 else {
                continue
            }
            newest = (cursor, generation, bytes)
        }
        return newest
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
        try write(bytes, generation: generation + 1)
        generation += 1
    }

    private func write(_ slot: [UInt8], generation: UInt64) throws(SpoolError) {
        do throws(DiskError) {
            try file.writeAll([slot], at: Int(generation % 2) * Self.slotSize)
            try file.sync()
        } catch {
            throw .disk(error)
        }
    }

    private static func checksum(_ bytes: [UInt8], length: Int) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes, 0..<20)
        crc.update(bytes, headerSize..<headerSize + length)
        return crc.value
    }
}
