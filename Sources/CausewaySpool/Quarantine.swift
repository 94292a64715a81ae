package import CausewayPlatform

// quarantine/ID.item, ID being 20 digits:
//
//    0 magic u32      4 version u32    8 length u32    12 crc32c u32 (bytes 0–11, then the sections)
//   16 sections (Fields), `length` bytes
//
// In an encrypted spool the sections with content (payload, notes, reason, content type and body of the answer) are one section, sealed like a
// frame's payload (StoredForm.swift) with the key that another one names; associated data is the id, u64.

/// What was set aside for one destination: neighbouring items of one frame as they were stored, and what the destination said to them.
package struct QuarantineEntry: Equatable, Sendable {
    /// Rises in the order in which things were set aside.
    package var id: UInt64
    package var reader: String
    package var logID: UInt64
    /// Wall clock.
    package var setAsideNanoseconds: UInt64
    package var draft: QuarantineDraft
    /// The key without which its content could not be read; nil when it could.
    package private(set) var missingKey: UInt64?

    private static let magic: UInt32 = 0x3149_5143
    private static let version: UInt32 = 1
    private static let headerSize = 16

    private enum Number {
        static let id: UInt16 = 1
        static let reader: UInt16 = 2
        static let logID: UInt16 = 3
        static let setAside: UInt16 = 4
        static let sequence: UInt16 = 5
        static let first: UInt16 = 6
        static let count: UInt16 = 7
        static let signal: UInt16 = 8
        static let tenant: UInt16 = 9
        static let received: UInt16 = 10
        static let payload: UInt16 = 11
        static let reason: UInt16 = 12
        static let status: UInt16 = 13
        static let contentType: UInt16 = 14
        static let body: UInt16 = 15
        static let keyID: UInt16 = 16
        static let sealed: UInt16 = 17
        /// One for each note: 1 its item, 2 the number of its mark, 3 = 1 when it is late, 4 its payload.
        static let note: UInt16 = 18
        static let noteItem: UInt16 = 1
        static let noteNumber: UInt16 = 2
        static let noteIsLate: UInt16 = 3
        static let notePayload: UInt16 = 4
    }

    init(id: UInt64, reader: String, logID: UInt64, setAsideNanoseconds: UInt64, draft: QuarantineDraft) {
        self.id = id
        self.reader = reader
        self.logID = logID
        self.setAsideNanoseconds = setAsideNanoseconds
        self.draft = draft
    }

    /// The file's bytes; with a key, nobody reads the content without it.
    func bytes(_ keys: SpoolKeys = SpoolKeys()) -> [UInt8] {
        var fields = Fields()
        fields.add(Number.id, id)
        fields.add(Number.reader, reader)
        fields.add(Number.logID, logID)
        fields.add(Number.setAside, setAsideNanoseconds)
        fields.add(Number.sequence, draft.range.sequence)
        fields.add(Number.first, UInt64(draft.range.first))
        fields.add(Number.count, UInt64(draft.range.count))
        fields.add(Number.signal, UInt64(draft.signal))
        fields.add(Number.tenant, draft.tenant)
        fields.add(Number.received, draft.receivedNanoseconds)
        fields.add(Number.status, UInt64(draft.answer.status))
        var content = Fields()
        content.add(Number.payload, draft.payload)
        for note in draft.notes {
            var fields = Fields()
            fields.add(Number.noteItem, UInt64(note.item))
            fields.add(Number.noteNumber, note.number)
            fields.add(Number.noteIsLate, UInt64(note.isLate ? 1 : 0))
            fields.add(Number.notePayload, note.payload)
            content.add(Number.note, fields)
        }
        content.add(Number.reason, draft.reason)
        content.add(Number.contentType, draft.answer.contentType)
        content.add(Number.body, draft.answer.body)
        if let key = keys.current {
            fields.add(Number.keyID, key.id)
            fields.add(Number.sealed, key.cipher.sealed(content.bytes, associated: Self.associated(id)))
        } else {
            for (number, value) in content.all() { fields.add(number, value.bytes) }
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: UInt32(fields.bytes.count))
        var crc = CRC32C()
        crc.update(bytes, 0..<12)
        crc.update(fields.bytes, 0..<fields.bytes.count)
        bytes.append(littleEndian: crc.value)
        return bytes + fields.bytes
    }

    private static func associated(_ id: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: id)
        return bytes
    }

    /// Nil when the bytes do not hold.
    init?(bytes: [UInt8], keys: SpoolKeys = SpoolKeys()) {
        guard bytes.count >= Self.headerSize, bytes.littleEndian32(at: 0) == Self.magic, bytes.littleEndian32(at: 4) == Self.version,
            Int(bytes.littleEndian32(at: 8)) == bytes.count - Self.headerSize
        else { return nil }
        var crc = CRC32C()
        crc.update(bytes, 0..<12)
        crc.update(bytes, Self.headerSize..<bytes.count)
        guard crc.value == bytes.littleEndian32(at: 12) else { return nil }
        let fields = Fields([UInt8](bytes[Self.headerSize...]))
        func number(_ number: UInt16) -> UInt64 { fields.first(number)?.number ?? 0 }
        func text(_ number: UInt16) -> String { fields.first(number)?.text ?? "" }
        id = number(Number.id)
        var content = fields
        if let sealed = fields.first(Number.sealed)?.bytes {
            let keyID = number(Number.keyID)
            if let key = keys[keyID] {
                guard let opened = key.cipher.opened(sealed, associated: Self.associated(number(Number.id))) else { return nil }
                content = Fields(opened)
            } else {
                missingKey = keyID
            }
        }
        reader = text(Number.reader)
        logID = number(Number.logID)
        setAsideNanoseconds = number(Number.setAside)
        let (first, count) = (Int(clamping: number(Number.first)), Int(clamping: number(Number.count)))
        draft = QuarantineDraft(
            range: ItemRange(sequence: number(Number.sequence), first: first, count: count),
            signal: UInt8(truncatingIfNeeded: number(Number.signal)),
            tenant: text(Number.tenant),
            receivedNanoseconds: number(Number.received),
            payload: content.first(Number.payload)?.bytes ?? [],
            reason: content.first(Number.reason)?.text ?? "",
            answer: QuarantineAnswer(
                status: Int(clamping: number(Number.status)),
                contentType: content.first(Number.contentType)?.text ?? "",
                body: content.first(Number.body)?.bytes ?? []
            )
        )
        for note in content.every(Number.note).map(\.fields) {
            draft.notes.append(
                StoredNote(
                    sequence: draft.range.sequence,
                    item: Int(clamping: note.first(Number.noteItem)?.number ?? 0),
                    isLate: note.first(Number.noteIsLate)?.number == 1,
                    number: note.first(Number.noteNumber)?.number ?? 0,
                    payload: note.first(Number.notePayload)?.bytes ?? []
                )
            )
        }
    }

    /// Whether the destination has passed it, which is what makes the copy count.
    func isAcknowledged(_ cursor: Cursor) -> Bool {
        if cursor.passed.contains(draft.range.sequence) { return true }
        let items = draft.range.first..<draft.range.first + draft.range.count
        return cursor.partial[draft.range.sequence]?.contains { $0.clamped(to: items) == items } ?? false
    }

    var key: Totals.Key { Totals.Key(tenant: draft.tenant, signal: draft.signal, term: "quarantined") }
}

/// Something to set aside.
package struct QuarantineDraft: Equatable, Sendable {
    package var range: ItemRange
    package var signal: UInt8
    package var tenant: String
    package var receivedNanoseconds: UInt64
    /// A payload with these items alone, as it was stored.
    package var payload: [UInt8]
    /// What was known of them beyond that, each with the ordinal that its item has in the frame.
    package var notes: [StoredNote]
    /// In words, as on the ledger.
    package var reason: String
    package var answer: QuarantineAnswer

    package init(
        range: ItemRange,
        signal: UInt8,
        tenant: String,
        receivedNanoseconds: UInt64,
        payload: [UInt8],
        notes: [StoredNote] = [],
        reason: String,
        answer: QuarantineAnswer
    ) {
        self.notes = notes
        self.range = range
        self.signal = signal
        self.tenant = tenant
        self.receivedNanoseconds = receivedNanoseconds
        self.payload = payload
        self.reason = reason
        self.answer = answer
    }
}

extension QuarantineDraft {
    /// The items as a frame of their own, with their notes: what is sent when they are sent again.
    package var frame: StoredFrame {
        var frame = StoredFrame(
            sequence: range.sequence,
            signal: signal,
            tenant: tenant,
            items: range.count,
            receivedNanoseconds: receivedNanoseconds,
            payload: payload
        )
        frame.notes = notes.map { note in
            var moved = note
            moved.item -= range.first
            return moved
        }
        return frame
    }
}

/// What a destination answered, as it came.
package struct QuarantineAnswer: Equatable, Sendable {
    /// 0 when nothing was sent.
    package var status: Int
    package var contentType: String
    /// Its beginning.
    package var body: [UInt8]

    package static let longestBody = 4096

    package init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

/// The files of `quarantine/`, read without lock and without touching them.
package enum QuarantineFiles {
    static func path(_ id: UInt64, _ paths: SpoolPaths) -> String {
        let digits = String(id)
        return "\(paths.quarantine)/\(String(repeating: "0", count: 20 - digits.count))\(digits).item"
    }

    static func ids(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) -> [UInt64] {
        do throws(DiskError) {
            return try disk.list(paths.quarantine).compactMap { name in
                guard name.hasSuffix(".item"), name.utf8.count == 25 else { return nil }
                return UInt64(name.dropLast(5))
            }.sorted()
        } catch {
            if error.isMissing { return [] }
            throw error
        }
    }

    /// Nil when the file is gone, or does not hold.
    static func read(
        _ id: UInt64,
        _ paths: SpoolPaths,
        keys: SpoolKeys = SpoolKeys(),
        disk: any Disk
    ) throws(DiskError) -> QuarantineEntry? {
        do throws(DiskError) {
            let file = try disk.open(path(id, paths), .read)
            let entry = QuarantineEntry(bytes: try file.readAll(try file.length(), at: 0), keys: keys)
            return entry?.id == id ? entry : nil
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// What counts, oldest first: copies whose destination has passed them and that nobody has let go. `unreadable` are files that do not
    /// hold. Of a running bridge what was set aside within the last moment may be missing.
    package static func entries(
        directory: String,
        keys: SpoolKeys = SpoolKeys(),
        disk: any Disk = RealDisk()
    ) throws(SpoolError) -> (entries: [QuarantineEntry], unreadable: [String]) {
        let paths = SpoolPaths(directory: directory)
        var entries: [QuarantineEntry] = []
        var unreadable: [String] = []
        do throws(DiskError) {
            _ = try disk.list(paths.log)
            var cursors: [String: Cursor?] = [:]
            for id in try ids(paths, disk: disk) {
                guard let entry = try read(id, paths, keys: keys, disk: disk) else {
                    if (try? disk.open(path(id, paths), .read)) != nil {
                        unreadable.append(String(path(id, paths).dropFirst(directory.utf8.count + 1)))
                    }
                    continue
                }
                if cursors[entry.reader] == nil {
                    cursors[entry.reader] = .some(try CursorInspection(disk: disk, paths: paths, name: entry.reader)?.cursor)
                }
                guard let cursor = cursors[entry.reader] ?? nil, cursor.logID == entry.logID else { continue }
                if entry.isAcknowledged(cursor) && !cursor.released.contains(id) { entries.append(entry) }
            }
        } catch {
            throw error.isMissing
                ? .unreadable(path: directory, reason: "there is no spool; name its directory with --data") : .disk(error)
        }
        return (entries, unreadable)
    }
}
