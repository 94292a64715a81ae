internal import CausewayPlatform

/// Goes through the intact frames of one file of notes in order, and keeps account of what it has to pass over.
struct NotesWalk {
    private(set) var scanner: FrameScanner
    /// Whose notes they are; nil until the head was read, or when it does not hold.
    private(set) var deriver: String?
    /// The key that the head names; 0 when it names none.
    private(set) var keyID: UInt64 = 0
    private let keys: SpoolKeys
    /// Stretches of bytes that hold no intact frame and lie before one that is.
    private(set) var damaged: [Range<Int>] = []
    /// Of the frame that is expected next.
    private var ordinal: UInt32 = 0
    /// Where the search behind damage found nothing: it is not begun again before there is more.
    private var searchedTo = 0

    struct Frame {
        var offset: Int
        var header: FrameHeader
        /// As it is stored.
        var stored: [UInt8]
        var number: UInt64
    }

    /// `keys` are those with which notes may have been encrypted; without, none can be opened that was.
    init(file: any DiskFile, logID: UInt64, end: Int, keys: SpoolKeys = SpoolKeys()) {
        scanner = FrameScanner(file: file, logID: logID, end: end)
        self.keys = keys
    }

    /// The frame's payload, decrypted and decompressed.
    func payload(_ frame: Frame) throws(StoredFormError) -> [UInt8] {
        var form = StoredForm(keys: keys, keyID: 0)
        if frame.header.flags.contains(.encrypted) {
            func isIt(_ id: UInt64) -> Bool { UInt32(truncatingIfNeeded: id) == frame.header.tenant }
            guard let key = keys.all.first(where: { isIt($0.id) }) else { throw .missingKey(isIt(keyID) ? keyID : 0) }
            form.keyID = key.id
        }
        return try form.opened(frame.header, frame.stored)
    }

    /// Where the next frame would begin.
    var offset: Int { scanner.offset }

    /// Goes on up to `end`, with nothing that was read ahead: what no mark covers may have been written anew.
    mutating func goOn(to end: Int) {
        scanner = FrameScanner(file: scanner.file, logID: scanner.logID, offset: scanner.offset, end: end)
    }

    /// The next note or mark whose number is at most `limit`; nil where none follows, and then nothing is passed over.
    mutating func next(upTo limit: UInt64) throws(DiskError) -> Frame? {
        while scanner.offset < scanner.end {
            let start = scanner.offset
            guard let header = try scanner.header(), let payload = try scanner.payload(of: header), isExpected(header) else {
                guard searchedTo < scanner.end, try resynchronize() else {
                    searchedTo = scanner.end
                    return nil
                }
                damaged.append(start..<scanner.offset)
                continue
            }
            if header.kind == .head {
                let owner = NotesFile.owner(header, payload, logID: scanner.logID)
                (deriver, keyID) = (owner?.deriver, owner?.keyID ?? 0)
                ordinal = 1
                scanner.skip(header)
                continue
            }
            let origin = header.origin!
            if origin.sequence > limit { return nil }
            ordinal = origin.firstItem + 1
            scanner.skip(header)
            return Frame(offset: start, header: header, stored: payload, number: origin.sequence)
        }
        return nil
    }

    private func isExpected(_ header: FrameHeader) -> Bool {
        if header.kind == .head { return scanner.offset == 0 }
        return isNote(header) && header.origin!.firstItem == ordinal
    }

    private func isNote(_ header: FrameHeader) -> Bool {
        (header.kind == .note || header.kind == .mark) && header.origin?.log == scanner.logID
    }

    /// Moves to the next frame that can be trusted behind damage; where there is none, nothing moves.
    ///
    /// What looks like a frame inside a note is not taken for one: it would have to say how many frames stand before it.
    private mutating func resynchronize() throws(DiskError) -> Bool {
        let damage = scanner.offset
        defer { if scanner.offset >= scanner.end { scanner.offset = damage } }
        do throws(DiskError) {
            // Where only a payload was hit, the header still says where the next frame begins.
            if let header = try scanner.header() {
                scanner.offset += header.frameLength
                if try isTrusted(since: damage) { return true }
            }
            scanner.offset = damage + 8
            while scanner.offset + FrameHeader.size <= scanner.end {
                if try isTrusted(since: damage) { return true }
                scanner.offset += 8
            }
        } catch {
            scanner.offset = damage
            throw error
        }
        scanner.offset = damage
        return false
    }

    private mutating func isTrusted(since damage: Int) throws(DiskError) -> Bool {
        guard let header = try scanner.header(), isNote(header), let found = header.origin?.firstItem, found > ordinal,
            Int(found) - Int(ordinal) <= (scanner.offset - damage) / FrameHeader.size, try scanner.payload(of: header) != nil
        else { return false }
        ordinal = found
        return true
    }
}
