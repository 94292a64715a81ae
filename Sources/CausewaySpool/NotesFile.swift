// log/N.notes, beside the segment that begins at N: frames with the header of `FrameHeader`, and in it
//
//   16 sequence of the frame that is spoken of     40 log id (0 in the head)
//   48 number of the mark that covers the note     56 how many frames of the file stand before this one
//
//   12 low half of the key's number, where the payload is encrypted
//
//   head    first; payload (Fields): 1 log id, 2 first sequence of the segment, 3 the deriver whose notes they are, 4 the key's number when
//           the first notes are encrypted; later ones may have another key
//   note    what is added to items of one stored frame; signal is 1 where the frame was settled already (a late note), else 0; items is the
//           number of notes; payload, in its stored form: for each, ordinal u32, length u32, the note, padded to 8 bytes
//   mark    behind the notes that were written for one mark; sequence is what that mark covers; no payload, so the last 64 bytes of a whole
//           file are such a frame
//
// Notes count when a mark in the log has their number. Numbers never go down in a file.

internal import CausewayPlatform

/// The form of a file of notes.
enum NotesFile {
    static func head(logID: UInt64, segment: UInt64, deriver: String, wallNanoseconds: UInt64, keyID: UInt64 = 0) -> [UInt8] {
        var fields = Fields()
        fields.add(Number.logID, logID)
        fields.add(Number.segment, segment)
        fields.add(Number.deriver, deriver)
        if keyID != 0 { fields.add(Number.keyID, keyID) }
        var header = FrameHeader(kind: .head, sequence: segment, payloadLength: fields.bytes.count)
        header.receivedNanoseconds = wallNanoseconds
        return frame(header, fields.bytes, logID: logID)
    }

    /// Notes of one mark: a note frame for each stored frame that is spoken of, late ones apart, and the mark behind them.
    static func batch(
        _ notes: [NoteDraft],
        mark: Mark,
        settled: UInt64,
        ordinal first: UInt32,
        logID: UInt64,
        wallNanoseconds: UInt64,
        form: StoredForm
    )
        -> (bytes: [UInt8], frames: UInt32)
    {
        var bytes: [UInt8] = []
        var ordinal = first
        func header(_ kind: FrameKind, _ sequence: UInt64, _ length: Int) -> FrameHeader {
            var header = FrameHeader(kind: kind, sequence: sequence, payloadLength: length)
            header.origin = FrameOrigin(log: logID, sequence: mark.number, firstItem: ordinal)
            header.receivedNanoseconds = wallNanoseconds
            return header
        }
        var order: [UInt64] = []
        var bySequence: [UInt64: [NoteDraft]] = [:]
        for note in notes {
            if bySequence[note.sequence] == nil { order.append(note.sequence) }
            bySequence[note.sequence, default: []].append(note)
        }
        for sequence in order {
            var payload: [UInt8] = []
            for note in bySequence[sequence]! {
                payload.append(littleEndian: UInt32(note.item))
                payload.append(littleEndian: UInt32(note.payload.count))
                payload += note.payload
                payload += [UInt8](repeating: 0, count: FrameHeader.padded(note.payload.count) - note.payload.count)
            }
            var note = header(.note, sequence, payload.count)
            note.flags = .more
            note.signal = sequence <= settled ? 1 : 0
            note.items = UInt32(bySequence[sequence]!.count)
            note.tenant = UInt32(truncatingIfNeeded: form.keyID ?? 0)
            let stored = form.stored(payload, &note)
            bytes += frame(note, stored, logID: logID)
            ordinal += 1
        }
        bytes += frame(header(.mark, mark.sequence, 0), [], logID: logID)
        return (bytes, ordinal + 1 - first)
    }

    /// The mark at the end of a whole file; nil when the file ends with anything else.
    static func tail(_ file: any DiskFile, length: Int, logID: UInt64) throws(DiskError) -> (number: UInt64, ordinal: UInt32)? {
        guard length >= 2 * FrameHeader.size else { return nil }
        let bytes = try file.readAll(FrameHeader.size, at: length - FrameHeader.size)
        guard let header = FrameHeader(bytes, at: 0), header.kind == .mark, header.payloadLength == 0, let origin = header.origin,
            origin.log == logID, header.isIntact(logID: logID, header: bytes, at: 0, payload: [], at: 0)
        else { return nil }
        return (origin.sequence, origin.firstItem)
    }

    /// Whose notes they are, and the key that the head names; nil when the head does not hold.
    static func owner(_ head: FrameHeader, _ payload: [UInt8], logID: UInt64) -> (deriver: String?, keyID: UInt64)? {
        let fields = Fields(payload)
        guard head.kind == .head, fields.first(Number.logID)?.number == logID else { return nil }
        return (fields.first(Number.deriver)?.text, fields.first(Number.keyID)?.number ?? 0)
    }

    /// The log and the deriver that the head names; nil when it does not hold.
    static func identity(_ file: any DiskFile) throws(DiskError) -> (logID: UInt64, deriver: String)? {
        var scanner = FrameScanner(file: file, logID: 0, end: try file.length())
        guard let header = try scanner.header(), header.kind == .head, header.payloadLength <= 4096,
            let payload = try scanner.payload(of: header), let logID = Fields(payload).first(Number.logID)?.number
        else { return nil }
        return (logID, Fields(payload).first(Number.deriver)?.text ?? "")
    }

    static func notes(_ header: FrameHeader, _ payload: [UInt8]) -> [StoredNote] {
        var notes: [StoredNote] = []
        var offset = 0
        while offset + 8 <= payload.count {
            let length = Int(payload.littleEndian32(at: offset + 4))
            guard offset + 8 + length <= payload.count else { break }
            notes.append(
                StoredNote(
                    sequence: header.sequence,
                    item: Int(payload.littleEndian32(at: offset)),
                    isLate: header.signal != 0,
                    number: header.origin?.sequence ?? 0,
                    payload: [UInt8](payload[(offset + 8)..<(offset + 8 + length)])
                )
            )
            offset += 8 + FrameHeader.padded(length)
        }
        return notes
    }

    /// The frame as it is where other ones than before stand before it; `payload` is what its stored form opens to.
    static func renumbered(_ walked: NotesWalk.Frame, payload: [UInt8], as ordinal: UInt32, logID: UInt64, form: StoredForm) -> [UInt8] {
        var header = walked.header
        header.origin?.firstItem = ordinal
        header.tenant = UInt32(truncatingIfNeeded: form.keyID ?? 0)
        // What is encrypted is bound to its header.
        let stored = form.stored(payload, &header)
        return frame(header, stored, logID: logID)
    }

    private static func frame(_ header: FrameHeader, _ payload: [UInt8], logID: UInt64) -> [UInt8] {
        header.encoded(logID: logID, payload: payload) + payload
            + [UInt8](repeating: 0, count: FrameHeader.padded(payload.count) - payload.count)
    }

    private enum Number {
        static let logID: UInt16 = 1
        static let segment: UInt16 = 2
        static let deriver: UInt16 = 3
        static let keyID: UInt16 = 4
    }
}

/// A note as a deriver hands it in: what it adds to one stored item.
package struct NoteDraft: Equatable, Sendable {
    package var sequence: UInt64
    /// Ordinal of the item in its frame.
    package var item: Int
    package var payload: [UInt8]

    package init(sequence: UInt64, item: Int, payload: [UInt8]) {
        self.sequence = sequence
        self.item = item
        self.payload = payload
    }
}

/// A note as it comes out of the log.
package struct StoredNote: Equatable, Sendable {
    package var sequence: UInt64
    package var item: Int
    /// Made when the item was settled already: readers that must give the same answer whenever they read do without it.
    package var isLate: Bool
    /// Of the mark that covers it.
    package var number: UInt64
    package var payload: [UInt8]

    package init(sequence: UInt64, item: Int, isLate: Bool, number: UInt64, payload: [UInt8]) {
        self.sequence = sequence
        self.item = item
        self.isLate = isLate
        self.number = number
        self.payload = payload
    }
}
