internal import CausewayPlatform

/// Goes through the intact frames of one segment in order, and keeps account of what it has to pass over.
struct SegmentWalk {
    /// One intact frame.
    struct Frame {
        var offset: Int
        var header: FrameHeader
        /// As it is stored.
        var stored: [UInt8]
    }

    /// What names frames have said so far.
    private(set) var names = SegmentNames()
    /// What the footer says that they mean, for when one of them is damaged.
    var footerNames = SegmentNames()
    /// Stretches of bytes that hold no intact frame and lie before one that is.
    private(set) var damaged: [Range<Int>] = []
    /// Sequences that no frame has, and that lie before one that is there.
    private(set) var missing: [ClosedRange<UInt64>] = []
    /// The same as numbers.
    private(set) var damage = DamageCount()
    /// Sequence of the last frame handed out; one less than the segment's first before any.
    private(set) var last: UInt64
    private let limit: UInt64
    private var scanner: FrameScanner
    private let form: StoredForm

    /// Frames with `limit` as their sequence, or a higher one, were written again in a later segment and are no part of this one.
    init(
        file: any DiskFile,
        length: Int,
        logID: UInt64,
        firstSequence: UInt64,
        before limit: UInt64,
        form: StoredForm = StoredForm(keys: SpoolKeys())
    ) {
        scanner = FrameScanner(file: file, logID: logID, end: length)
        last = firstSequence - min(firstSequence, 1)
        self.limit = limit
        self.form = form
    }

    /// Where the next frame would begin. Behind the last one: from here on nothing can be trusted, or nothing is left.
    var offset: Int { scanner.offset }

    /// Nil where no intact frame follows.
    mutating func next() throws(DiskError) -> Frame? {
        while scanner.offset < scanner.end {
            let start = scanner.offset
            guard let header = try scanner.header(), let payload = try scanner.payload(of: header), header.sequence > last else {
                guard try scanner.resynchronize(after: last, before: limit) else { return nil }
                damaged.append(start..<scanner.offset)
                damage.stretches += 1
                damage.bytes += scanner.offset - start
                continue
            }
            if header.sequence >= limit { return nil }
            if header.sequence > last + 1 {
                missing.append(last + 1...header.sequence - 1)
                damage.frames += Int(header.sequence - last - 1)
            }
            last = header.sequence
            scanner.skip(header)
            if header.kind == .names { names.add(Fields(payload)) }
            return Frame(offset: start, header: header, stored: payload)
        }
        return nil
    }

    /// The frame's payload, decrypted and decompressed.
    func payload(_ frame: Frame) throws(StoredFormError) -> [UInt8] { try form.opened(frame.header, frame.stored) }

    /// What a ledger frame says, for whoever counts; nothing for others, and where it cannot be read.
    func ledgerPayload(_ frame: Frame) -> (payload: [UInt8], missingKey: UInt64?) {
        guard frame.header.kind == .ledger else { return ([], nil) }
        do throws(StoredFormError) {
            return (try payload(frame), nil)
        } catch .missingKey(let id) {
            return ([], id)
        } catch {
            return ([], nil)
        }
    }

    /// The name of the frame's tenant; a number that no names frame has explained is shown as it is.
    func tenant(_ header: FrameHeader) -> String {
        names.tenant(header.tenant) ?? footerNames.tenant(header.tenant) ?? "unknown:\(header.tenant)"
    }

}

extension DamageCount {
    static func += (left: inout DamageCount, right: DamageCount) {
        left.stretches += right.stretches
        left.bytes += right.bytes
        left.frames += right.frames
    }
}
