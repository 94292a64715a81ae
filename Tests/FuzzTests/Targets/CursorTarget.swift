import CausewayPlatform
import TestSupport

@testable import CausewaySpool

extension FuzzTarget {
    /// A cursor file of arbitrary bytes, and one whose checksum holds over arbitrary sections: what is read is saved and read again as it was.
    static let cursor = FuzzTarget(name: "cursor", seeds: { [seed.fields.bytes] }) { bytes in
        let disk = MemoryDisk()
        disk.place(bytes, at: "/c/raw")
        if let file = try CursorFile(disk: disk, path: "/c/raw"), let cursor = try? file.load() { use(cursor) }

        disk.place([UInt8](repeating: 0, count: CursorFile.slotSize) + slot(bytes), at: "/c/sealed")
        guard let file = try CursorFile(disk: disk, path: "/c/sealed"), let cursor = try file.loadDurably() else { return }
        use(cursor)
        try file.save(cursor)
        let again = try CursorFile(disk: disk, path: "/c/sealed")?.load()
        // A long one is saved with its tenants merged.
        try promise(
            again == cursor || bytes.count > CursorFile.slotSize / 2,
            "\(cursor) was saved, and read as \(String(describing: again))"
        )
    }

    private static let seed: Cursor = {
        var cursor = Cursor(logID: 7, prefix: 100)
        cursor.passed.insert(103...105)
        cursor.passed.insert(110...110)
        cursor.partial[107] = [0..<2, 5..<6]
        cursor.totals.add(41, to: Totals.Key(tenant: "acme", signal: 1, term: "delivered"))
        cursor.totals.add(3, to: Totals.Key(tenant: "", signal: 3, term: "rejected"))
        cursor.addUndelivered(2, of: Totals.Key(tenant: "acme", signal: 1, term: ""), inSegment: 90)
        return cursor
    }()

    /// The first slot of a file, with a checksum that holds.
    private static func slot(_ sections: [UInt8]) -> [UInt8] {
        var slot: [UInt8] = []
        slot.append(littleEndian: UInt32(0x3155_4343))
        slot.append(littleEndian: UInt32(1))
        slot.append(littleEndian: UInt64(1))
        slot.append(littleEndian: UInt32(sections.count))
        var crc = CRC32C()
        crc.update(slot)
        crc.update(sections)
        slot.append(littleEndian: crc.value)
        return slot + sections
    }

    private static func use(_ cursor: Cursor) {
        var cursor = cursor
        _ = cursor.passed.contains(7)
        cursor.passed.insert(3...9)
        _ = cursor.totals.sum()
    }
}
