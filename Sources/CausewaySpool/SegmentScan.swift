internal import CausewayPlatform

/// What a walk over a whole segment file found: for segments without a footer, and for whoever wants to know exactly.
struct SegmentScan {
    var footer: SegmentFooter
    /// Bytes from the start that are to be kept: behind them nothing can be trusted, or only a part of a commit group.
    var keptEnd = 0
    /// Where the last write began of which it is not known that it was synced.
    var unsyncedStart = 0
    var damage = DamageCount()
    /// Keys of ledger frames that could not be read, and so are not in the footer's books.
    var missingKeys: Set<UInt64> = []

    /// Reads every frame up to the file's end. Frames with `limit` as their sequence, or a higher one, were written again in a later
    /// segment and are no part of this one.
    ///
    /// `mayBeTorn` says that nothing was written after this segment, so that its end may be what a crash left of one write: any part of
    /// it, and none of it acknowledged. Where something is missing and no frame behind tells of a sync since, it ends.
    static func run(
        file: any DiskFile,
        length: Int,
        logID: UInt64,
        firstSequence: UInt64,
        before limit: UInt64,
        mayBeTorn: Bool,
        form: StoredForm = StoredForm(keys: SpoolKeys())
    ) throws(DiskError) -> SegmentScan {
        var scan = SegmentScan(footer: SegmentFooter(firstSequence: firstSequence))
        var walk = SegmentWalk(file: file, length: length, logID: logID, firstSequence: firstSequence, before: limit, form: form)
        // What lies behind the last whole commit group is kept only when more whole frames follow.
        var openGroup: SegmentFooter?
        // As it would be if all behind the first gap were torn.
        var torn: SegmentScan?
        while let frame = try walk.next() {
            if walk.damaged.count > scan.damage.stretches && torn == nil {
                torn = scan
                if let openGroup { torn!.footer = openGroup }
            }
            if frame.header.flags.contains(.afterSync) {
                torn = nil
                scan.unsyncedStart = frame.offset
            }
            scan.damage = walk.damage
            if openGroup == nil { openGroup = scan.footer }
            scan.footer.names = walk.names
            let ledger = walk.ledgerPayload(frame)
            if let key = ledger.missingKey { scan.missingKeys.insert(key) }
            scan.footer.count(frame.header, tenant: walk.tenant(frame.header), payload: ledger.payload)
            if !frame.header.flags.contains(.more) {
                openGroup = nil
                scan.keptEnd = walk.offset
            }
        }
        if mayBeTorn, let torn { return torn }
        if let openGroup { scan.footer = openGroup }
        return scan
    }

    /// The footer of a sealed segment, read from the end of the file; nil when there is none that can be trusted.
    static func footer(file: any DiskFile, length: Int, logID: UInt64) throws(DiskError) -> SegmentFooter? {
        guard length >= FrameHeader.size + SegmentFooter.trailerSize else { return nil }
        let trailer = try file.readAll(SegmentFooter.trailerSize, at: length - SegmentFooter.trailerSize)
        guard let offset = SegmentFooter.frameOffset(trailer: trailer), offset + FrameHeader.size <= length else { return nil }
        var scanner = FrameScanner(file: file, logID: logID, offset: offset, end: length)
        guard let header = try scanner.header(), header.kind == .footer, offset + header.frameLength == length,
            let payload = try scanner.payload(of: header), var footer = SegmentFooter(payload: payload)
        else { return nil }
        // The footer's own sequence is spent as well.
        footer.lastSequence = max(footer.lastSequence, header.sequence)
        return footer
    }

    /// The version of a segment that is newer than this code, nil for any other. Every version keeps the form of the head's header and its
    /// checksum, so that damage is not taken for a newer version.
    static func newerVersion(file: any DiskFile) throws(DiskError) -> UInt8? {
        var bytes = try file.readAll(FrameHeader.size, at: 0)
        guard bytes.count == FrameHeader.size, bytes[4] > FrameHeader.version else { return nil }
        let version = bytes[4]
        var known = bytes
        known[4] = FrameHeader.version
        guard let header = FrameHeader(known, at: 0), header.kind == .head, header.payloadLength <= 1 << 20 else { return nil }
        bytes += try file.readAll(Int(header.payloadLength), at: FrameHeader.size)
        return header.isIntact(logID: 0, header: bytes, at: 0, payload: bytes, at: FrameHeader.size) ? version : nil
    }

    /// The head, if its checksum holds.
    static func head(file: any DiskFile, length: Int) throws(DiskError) -> SegmentHead? {
        var bytes = try file.readAll(min(length, 4096), at: 0)
        guard let header = FrameHeader(bytes, at: 0), header.kind == .head, header.frameLength <= min(length, 1 << 20) else { return nil }
        // Hardly ever: it has the books of every tenant in it.
        if header.frameLength > bytes.count { bytes = try file.readAll(header.frameLength, at: 0) }
        guard header.frameLength <= bytes.count,
            header.isIntact(logID: 0, header: bytes, at: 0, payload: bytes, at: FrameHeader.size)
        else { return nil }
        return SegmentHead(payload: [UInt8](bytes[FrameHeader.size..<FrameHeader.size + Int(header.payloadLength)]))
    }

    /// What a head that does not hold may still tell: the log ids it seems to name, and the instance.
    static func doubtfulIdentities(file: any DiskFile, length: Int) throws(DiskError) -> [LogIdentity] {
        let bytes = try file.readAll(min(length, 4096), at: 0)
        guard bytes.count >= FrameHeader.size else { return [] }
        let head = SegmentHead(payload: [UInt8](bytes[FrameHeader.size...]))
        let instance = head?.instanceID ?? [UInt8](repeating: 0, count: 16)
        return [bytes.littleEndian64(at: 40), head?.logID ?? 0].filter { $0 != 0 }
            .map { LogIdentity(logID: $0, instanceID: instance) }
    }
}
