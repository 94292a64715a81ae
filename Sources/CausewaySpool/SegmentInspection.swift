internal import CausewayPlatform

/// What one segment's file holds, as far as somebody looked who takes no part in it.
package struct SegmentInspection: Sendable {
    package enum State: String, Sendable {
        /// Closed, with its footer.
        case sealed
        /// The newest, to which a running bridge appends.
        case open
        /// Closed without a footer, because a write had failed; complete all the same.
        case unsealed
        /// The file of another log, or one whose head contradicts its name: nobody reads it.
        case alien
    }

    package var name: String
    /// As the file's name says.
    package var firstSequence: UInt64
    package var bytes: Int
    package var state: State
    /// Frames and items: counted where the file was read, else as its footer says.
    package var contents: SegmentFooter
    /// Nil when it does not hold.
    package var head: SegmentHead?
    /// Nil when the segment is not sealed.
    package var footer: SegmentFooter?
    /// Stretches of the file that hold no intact frame.
    package var damaged: [Range<Int>] = []
    /// Sequences of frames that are not there.
    package var missing: [ClosedRange<UInt64>] = []
    /// Bytes at the end that were being written, or never acknowledged.
    package var tornBytes = 0
    /// Frames of kinds, tenants or policies that nothing in the segment explains.
    package var unexplainedFrames = 0
    /// Ledger frames, and how many of them cannot be read.
    package var ledger: [LedgerRecord] = []
    package var unreadableLedgerFrames = 0
    /// Frames that are intact and cannot be read for want of a key, by its number; 0 where nothing says which.
    package var locked: [UInt64: Int] = [:]
    /// How many of them are of the ledger: without them the books are not complete.
    package var lockedLedgerFrames = 0
    /// Frames whose checksum holds and whose payload does not open all the same.
    package var unopenable: [UnopenableFrame] = []
    /// Whether every frame was read, not only head and footer.
    package var isRead = false

    /// Its part of the log's own books: its footer's word counts for more than what is left of it.
    package var books: Totals { (footer ?? contents).books }

    /// What a tenant's number means, from whichever of its frames still says so.
    func tenant(_ number: UInt32) -> String {
        contents.names.tenant(number) ?? footer?.names.tenant(number) ?? "unknown:\(number)"
    }

    /// Whether it is a part of this log.
    package var isOwn: Bool { state != .alien }

    /// Whether not one frame in it holds: a start that never got to its first commit, or nothing but damage.
    package var isVoid: Bool { head == nil && contents.frames.isEmpty }

    package var isDamaged: Bool { !damaged.isEmpty }

    /// Whether the footer says something else than the frames before it, as far as they can be read.
    var isFooterWrong: Bool { isRead && lockedLedgerFrames == 0 && footer.map { $0 != contents } ?? false }

    /// Items that were appended to the segment and are not there any more; known only where a footer says what there was.
    package var lost: Totals {
        guard isRead, let footer else { return Totals() }
        return footer.books.items - contents.books.items
    }
}

/// A ledger entry with its place in the log.
package struct LedgerRecord: Equatable, Sendable {
    package var sequence: UInt64
    /// Wall clock when it was written.
    package var receivedNanoseconds: UInt64
    package var entry: LedgerEntry
}

/// A frame that is there and does not give what it holds any more: encrypted or compressed bytes that have been changed.
package struct UnopenableFrame: Sendable {
    package var header: FrameHeader
    package var tenant: String
    /// Where its stored payload lies in the file.
    package var range: Range<Int>
}

/// How much of a segment is read.
package enum InspectionDepth: Sendable {
    /// Head and footer; all of it only where there is no footer.
    case footers
    case everything
}

extension SegmentInspection {
    /// Reads the segment of the log `logID` that begins at `firstSequence`. `visit` is called for every intact frame of whole groups.
    init(
        file: any DiskFile,
        name: String,
        firstSequence: UInt64,
        before limit: UInt64,
        isNewest: Bool,
        logID: UInt64,
        keys: SpoolKeys,
        depth: InspectionDepth,
        visit: (FrameHeader) -> Void
    ) throws(DiskError) {
        self.name = name
        self.firstSequence = firstSequence
        bytes = try file.length()
        contents = SegmentFooter(firstSequence: firstSequence)
        state = isNewest ? .open : .unsealed
        head = try SegmentScan.head(file: file, length: bytes)
        if let head, head.logID != logID || head.firstSequence != firstSequence {
            state = .alien
            return
        }
        footer = try SegmentScan.footer(file: file, length: bytes, logID: logID)
        if let footer {
            state = .sealed
            contents = footer
            if depth == .footers { return }
        }
        try read(file: file, before: limit, isNewest: isNewest, logID: logID, keys: keys, visit: visit)
    }

    private mutating func read(
        file: any DiskFile,
        before limit: UInt64,
        isNewest: Bool,
        logID: UInt64,
        keys: SpoolKeys,
        visit: (FrameHeader) -> Void
    ) throws(DiskError) {
        // What a footer stands behind is the segment's own, whatever other files say.
        let limit = footer.map { $0.lastSequence + 1 } ?? limit
        isRead = true
        contents = SegmentFooter(firstSequence: firstSequence)
        let form = StoredForm(keys: keys, keyID: head?.keyID)
        var walk = SegmentWalk(file: file, length: bytes, logID: logID, firstSequence: firstSequence, before: limit, form: form)
        if let footer { walk.footerNames = footer.names }
        // Frames that are counted and not yet shown: of a group that is not whole, or behind what may be a torn write.
        var held: [FrameHeader] = []
        var keptEnd = 0
        var beforeGroup = self
        var isInGroup = false
        // As it would be if all behind the first gap were torn.
        var torn: (segment: SegmentInspection, keptEnd: Int)?
        while let frame = try walk.next() {
            let header = frame.header
            if walk.damaged.count > damaged.count && torn == nil { torn = (isInGroup ? beforeGroup : self, keptEnd) }
            if header.flags.contains(.afterSync) { torn = nil }
            (damaged, missing) = (walk.damaged, walk.missing)
            if !isInGroup { beforeGroup = self }
            count(frame, walk)
            held.append(header)
            isInGroup = header.flags.contains(.more)
            if isInGroup { continue }
            keptEnd = walk.offset
            if torn == nil || footer != nil || !isNewest {
                held.forEach(visit)
                held = []
            }
        }
        if footer != nil {
            // What stands before a footer is there for good, its last group whole or not.
            held.forEach(visit)
        } else if isNewest, let torn {
            (self, keptEnd) = (torn.segment, torn.keptEnd)
        } else if isInGroup {
            self = beforeGroup
        }
        let isShort = !isNewest && limit > walk.last + 1
        if walk.offset < bytes && (footer != nil || isShort) {
            damaged.append(walk.offset..<bytes)
        } else if footer == nil {
            tornBytes = bytes - keptEnd
        }
        if footer == nil && isShort && walk.offset < bytes { missing.append(walk.last + 1...limit - 1) }
    }

    private mutating func count(_ frame: SegmentWalk.Frame, _ walk: SegmentWalk) {
        let header = frame.header
        contents.names = walk.names
        let isExplained = header.kind != nil && walk.names.tenant(header.tenant) != nil && walk.names.explains(policy: header.policy)
        if !isExplained { unexplainedFrames += 1 }
        if header.kind == .footer {
            contents.lastSequence = header.sequence
            return
        }
        var payload: [UInt8]?
        do throws(StoredFormError) {
            payload = try walk.payload(frame)
        } catch .missingKey(let id) {
            locked[id, default: 0] += 1
            if header.kind == .ledger { lockedLedgerFrames += 1 }
        } catch {
            let start = frame.offset + FrameHeader.size
            let range = start..<start + frame.stored.count
            unopenable.append(UnopenableFrame(header: header, tenant: walk.tenant(header), range: range))
        }
        contents.count(header, tenant: walk.tenant(header), payload: payload ?? [])
        guard header.kind == .ledger, let payload else { return }
        if let entry = LedgerEntry(payload: payload) {
            ledger.append(LedgerRecord(sequence: header.sequence, receivedNanoseconds: header.receivedNanoseconds, entry: entry))
        } else {
            unreadableLedgerFrames += 1
        }
    }
}

extension Totals {
    /// What is left of each count; nothing is left out but zeros.
    package static func - (left: Totals, right: Totals) -> Totals {
        var difference = left
        for (key, count) in right.counts { difference.add(-count, to: key) }
        return difference.withoutZeros
    }

    var withoutZeros: Totals {
        var totals = Totals()
        for (key, count) in counts { totals.add(count, to: key) }
        return totals
    }

    /// The same counts with all terms as one.
    package func mergingTerms(as term: String = "") -> Totals {
        var merged = Totals()
        for (key, count) in counts { merged.add(count, to: Key(tenant: key.tenant, signal: key.signal, term: term)) }
        return merged.withoutZeros
    }

    /// The counts whose key fulfils `condition`.
    package func filter(_ condition: (Key) -> Bool) -> Totals {
        var filtered = Totals()
        for (key, count) in counts where condition(key) { filtered.add(count, to: key) }
        return filtered
    }
}
