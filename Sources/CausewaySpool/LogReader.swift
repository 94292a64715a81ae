internal import CausewayPlatform
internal import Synchronization

/// The way of one destination through the log's files.
///
/// Reading is for one thread; the cursor behind it may be saved by another.
package final class LogReader: FrameReader {
    package let name: String
    private let disk: any Disk
    private let clock: any Clock
    private let catalog: Catalog
    private let logID: UInt64
    private let shared: SharedCursor
    private let wait: ReaderWait
    private let damage: DamageKeep?
    private let keys: SpoolKeys
    private let quarantine: QuarantineStore.Keeper
    private let traces: TraceFinder?

    /// The segment being read, by its first sequence; before the first read, the one before it.
    private var segment: UInt64
    private var scanner: FrameScanner?
    /// Of the file that the scanner reads.
    private var generation = 0
    private var form: StoredForm
    /// Without it the next frame cannot be read.
    private var missingKey: UInt64?
    private var names = SegmentNames()
    /// Of the segment being read; nil as long as it has none.
    private var notes: NotesReader?
    private var lastSequence: UInt64
    /// Ahead of all this, at what is new; nil until it is asked for, and when we have caught up with it.
    private var fresh: FreshPlace?
    private var freshNotes: NotesReader?
    /// Frames handed out from there, and their payload bytes that still lie ahead of us.
    private var readAhead = PassedSet()
    private var readAheadBytes = 0
    private var outstanding: HandedOut
    /// Payload bytes of the segment's item frames behind the reading position, counted like the catalog's.
    private var passedBytes = 0
    private var behindSinceNanoseconds: UInt64?
    private var lost: LostFrames
    /// Reads in a row that the device has failed.
    private var failedReads = 0

    /// More unconnected ranges than this are not made: reading waits until some are joined.
    private static let maxRanges = 4096
    /// So many frames may be passed by in memory, a hundred bytes each, by reading elsewhere than at the oldest.
    private static let maxOutstanding = 65_536
    /// After so many failures a place counts as unreadable.
    private static let maxFailedReads = 4

    init(
        name: String,
        disk: any Disk,
        clock: any Clock,
        catalog: Catalog,
        logID: UInt64,
        shared: SharedCursor,
        wait: ReaderWait = .settled(late: false),
        keys: SpoolKeys = SpoolKeys(),
        damage: DamageKeep? = nil,
        traces: TraceFinder? = nil,
        quarantine: @escaping QuarantineStore.Keeper = { $1(.success(false)) }
    ) {
        self.name = name
        self.disk = disk
        self.clock = clock
        self.catalog = catalog
        self.logID = logID
        self.shared = shared
        self.wait = wait
        self.damage = damage
        self.keys = keys
        form = StoredForm(keys: keys)
        lost = LostFrames(name: name, catalog: catalog, logID: logID, shared: shared)
        outstanding = HandedOut(catalog: catalog, disk: disk, logID: logID, keys: keys)
        self.quarantine = quarantine
        self.traces = traces
        let prefix = shared.with { $0.passed.prefix }
        let (first, ahead) = catalog.with { state in
            // The open segment counts even when all of it is passed: what comes next comes there.
            let start = state.segments.firstIndex { $0.lastSequence > prefix || !$0.isClosed } ?? state.segments.count
            let ahead = state.segments[start...].reduce(0) { $0 + $1.payloadBytes }
            return (start < state.segments.count ? state.segments[start].firstSequence : state.lastSequence + 1, ahead)
        }
        segment = first - 1
        lastSequence = first - 1
        if ahead > 0 { behindSinceNanoseconds = 0 }
        // Given up as history while nobody had the cursor open.
        if let oldest = catalog.with({ $0.segments.first?.firstSequence }), prefix + 1 < oldest {
            lost.wasParked(before: oldest)
        }
        settleWhatIsOwed()
    }

    /// The last sequence, of any kind of frame, that reading has passed.
    package var position: UInt64 { lastSequence }

    /// What has an outcome, above the prefix up to which everything has.
    package var passed: PassedSet { shared.with { $0.passed } }

    var place: LogPlace { LogPlace(segment: segment, generation: generation, bytes: passedBytes, sequence: lastSequence) }

    package func backlog() -> Backlog {
        // As long as the file is open its room is not free, although it is gone.
        if scanner != nil, catalog.readable(segment) == nil { scanner = nil }
        let unread = bytesAhead
        // Sizes change when a segment is compressed: what has not been read must not be hidden by what has been read ahead.
        let end = catalog.with { min($0.lastItemSequence, wait.isSettled ? $0.settledSequence : .max) }
        let isRead = max(lastSequence, fresh?.lastSequence ?? 0) >= end
        let isNext = readAhead.ranges.isEmpty || readAhead.contains(lastSequence + 1)
        let bytes = max(unread - readAheadBytes, unread == 0 || (isRead && isNext) ? 0 : 1) + outstanding.returnedBytes
        if bytes == 0 {
            behindSinceNanoseconds = nil
        } else if behindSinceNanoseconds == nil {
            behindSinceNanoseconds = clock.bootNanoseconds()
        }
        return Backlog(bytes: bytes, oldestBootNanoseconds: behindSinceNanoseconds ?? 0)
    }

    private var bytesAhead: Int {
        catalog.with { state in
            let all = state.payloadBytes(behind: place)
            guard wait.isSettled else { return all }
            return lastSequence >= state.settledSequence ? 0 : max(0, all - state.unsettledPayloadBytes)
        }
    }

    package func read(maxBytes: Int, from place: ReadPlace) throws(SpoolError) -> [StoredFrame] {
        var frames: [StoredFrame] = []
        var bytes = 0
        var left: Set<UInt8>?
        if case .oldest = place { left = [] }
        if case .others(let signals) = place { left = signals }
        do throws(DiskError) {
            while bytes < maxBytes, let left, let sequence = outstanding.firstReturned(without: left) {
                let size = outstanding[sequence]?.payloadBytes ?? 0
                let frame = try readAgain(sequence)
                // Only now: a read that failed is tried again.
                outstanding.take(sequence, size: size)
                guard let frame else { continue }
                bytes += frame.payload.count
                frames.append(frame)
            }
            if case .fresh(let skipped) = place {
                try readFresh(maxBytes, without: skipped, into: &frames)
            } else if place == .oldest || outstanding.count < Self.maxOutstanding {
                while bytes < maxBytes, shared.rangeCount < Self.maxRanges, let frame = try readNext() {
                    bytes += frame.payload.count
                    frames.append(frame)
                }
            }
        } catch {
            giveBack(frames)
            if error.isInputOutput { failedReads += 1 }
            throw .disk(error)
        }
        failedReads = 0
        if frames.isEmpty, let missingKey { throw .unreadable(path: "the log", reason: SpoolKeys.missing([missingKey])) }
        if !frames.isEmpty && left != nil { behindSinceNanoseconds = nil }
        settleWhatIsOwed()
        return frames
    }

    package func setAside(_ items: [QuarantineDraft], done: @escaping @Sendable (Result<Bool, SpoolError>) -> Void) {
        quarantine(items, done)
    }

    package func giveBack(_ frames: [StoredFrame]) {
        guard !frames.isEmpty else { return }
        outstanding.giveBack(frames)
        behindSinceNanoseconds = 0
    }

    package func record(_ outcome: Outcome, of items: [ItemRange]) throws(SpoolError) {
        let rejection: String? = if case .rejected(let reason) = outcome { reason } else { nil }
        let named = rejection == nil ? [] : tracesAgain(items)
        shared.update { cursor in
            var lost = Loss()
            lost.name(named)
            for range in items {
                guard let frame = outstanding[range.sequence], !cursor.passed.contains(range.sequence) else {
                    precondition(cursor.passed.contains(range.sequence), "an outcome for a frame not handed out")
                    // Given up for want of room while it was on its way: it has its outcome.
                    outstanding.remove(range.sequence)
                    continue
                }
                let key = Totals.Key(tenant: frame.tenant, signal: frame.signal, term: outcome.term)
                cursor.totals.add(range.count, to: key)
                if outcome != .delivered { cursor.addUndelivered(range.count, of: key, inSegment: frame.segment) }
                var done = cursor.partial[range.sequence] ?? []
                let isNew = done.insertDisjoint(range.first..<range.first + range.count)
                precondition(isNew, "an item has one outcome")
                if done == [0..<frame.items] {
                    cursor.partial[range.sequence] = nil
                    cursor.passed.insert(range.sequence)
                    outstanding.remove(range.sequence)
                } else {
                    cursor.partial[range.sequence] = done
                }
                // Most is delivered, and nothing is to be said of it.
                if rejection != nil {
                    lost.add(range.count, of: frame.tenant, frame.signal, sequence: range.sequence, received: frame.receivedNanoseconds)
                }
            }
            if let reason = rejection, let entry = lost.entry("rejected", reason: reason, reader: name) {
                cursor.owe(entry)
            }
        }
        settleWhatIsOwed()
    }

    /// Some traces of items that were handed out, for the ledger: read once more, since nobody keeps them. None where that is not possible.
    private func tracesAgain(_ items: [ItemRange]) -> [[UInt8]] {
        guard let traces else { return [] }
        var found: [[UInt8]] = []
        // As many frames as there is place for traces; more would only cost time.
        for range in items.prefix(LedgerEntry.maxTraceIDs) where found.count < LedgerEntry.maxTraceIDs {
            guard let known = outstanding[range.sequence], let (info, file) = (try? catalog.open(known.segment, on: disk)) ?? nil,
                info.generation == known.generation
            else { continue }
            var scanner = FrameScanner(file: file, logID: logID, offset: known.offset, end: info.readableBytes)
            guard let header = (try? scanner.header()) ?? nil, header.sequence == range.sequence,
                let stored = (try? scanner.payload(of: header)) ?? nil,
                let payload = try? StoredForm(keys: keys, keyID: info.keyID).opened(header, stored)
            else { continue }
            found += traces(header.signal, payload, range.first..<range.first + range.count).filter { !found.contains($0) }
        }
        return found
    }

    // MARK: Reading

    /// The next frame with items that has not been passed; nil at the end of what is durable.
    private func readNext() throws(DiskError) -> StoredFrame? {
        let limit = wait.isSettled ? catalog.with { $0.settledSequence } : .max
        while true {
            guard let info = catalog.readable(segment), scanner != nil else {
                guard try enterNextSegment(upTo: limit) else { return nil }
                continue
            }
            guard info.generation == generation else {
                try reopen()
                continue
            }
            scanner!.end = info.readableBytes
            if scanner!.offset >= info.readableBytes {
                guard info.isClosed, try enterNextSegment(upTo: limit) else { return nil }
                continue
            }
            if failedReads >= Self.maxFailedReads { salvage() }
            // One beyond the segment's last would have everything up to there taken for lost, newer frames too.
            guard let header = try scanner!.header(), header.sequence > lastSequence, header.sequence <= info.lastSequence else {
                try passDamage(info)
                continue
            }
            if header.sequence > limit { return nil }
            // Checked even where it is only moved over: a damaged header must not be believed about its sequence or length.
            guard let stored = try scanner!.payload(of: header) else {
                try passDamage(info)
                continue
            }
            if header.kind?.holdsItems == true, readAhead.contains(header.sequence) {
                passLost(before: header.sequence)
                (passedBytes, readAheadBytes) = (passedBytes + stored.count, max(0, readAheadBytes - stored.count))
                lastSequence = header.sequence
                scanner!.skip(header)
                continue
            }
            if header.kind?.countsItems != true || shared.with({ $0.passed.contains(header.sequence) }) {
                if header.kind == .names { names.add(Fields(stored)) }
                moveOver(header)
                continue
            }
            if header.kind == .tombstone {
                lose(header, reason: Tombstone(payload: stored)?.reason ?? LedgerEntry.damaged, isOnLedger: true)
                continue
            }
            let payload: [UInt8]
            do throws(StoredFormError) {
                payload = try form.opened(header, stored)
                missingKey = nil
            } catch .missingKey(let id) {
                // Nothing is lost: it comes when the key does.
                missingKey = id
                return nil
            } catch {
                lose(header, reason: LedgerEntry.damaged, isOnLedger: false)
                continue
            }
            var frame = storedFrame(header, payload: payload)
            guard let notes = try notes(on: header.sequence, of: segment, &notes) else { return nil }
            frame.notes = notes
            outstanding.insert(frame, segment: segment, generation: generation, offset: scanner!.offset)
            passedBytes += stored.count
            passLost(before: header.sequence)
            lastSequence = header.sequence
            scanner!.skip(header)
            return frame
        }
    }

    /// Nil where they cannot be read for want of a key: without its notes a frame is not what it has to be, and comes when the key does.
    private func notes(on sequence: UInt64, of segment: UInt64, _ reader: inout NotesReader?) throws(DiskError) -> [StoredNote]? {
        let late: Bool
        switch wait {
        case .none: return []
        case .settled(let isIncludingLate): late = isIncludingLate
        case .noted(let last):
            if sequence > last { return [] }
            late = false
        }
        if reader?.segment != segment {
            reader = try NotesReader(disk: disk, catalog: catalog, logID: logID, keys: keys, segment: segment)
        }
        let found = try reader?.notes(on: sequence, isIncludingLate: late) ?? []
        guard let key = reader?.missingKey else { return found }
        missingKey = key
        reader = nil
        return nil
    }

    /// Reads at the new end, which is where the log ended when this was first asked for. Unconnected ranges leave half of their room to
    /// reading in order; damage, and what is missing, is left to it altogether.
    private func readFresh(_ maxBytes: Int, without skipped: Set<UInt8>, into frames: inout [StoredFrame]) throws(DiskError) {
        if let old = fresh, lastSequence >= old.lastSequence { (fresh, readAhead, readAheadBytes) = (nil, PassedSet(), 0) }
        guard var fresh else {
            self.fresh = try newEnd()
            return
        }
        let limit = wait.isSettled ? catalog.with { $0.settledSequence } : .max
        var isStale = false
        defer { self.fresh = isStale ? nil : fresh }
        var bytes = 0
        while bytes < maxBytes, shared.rangeCount < Self.maxRanges / 2 {
            guard let found = try fresh.next(catalog, disk, logID, upTo: limit) else {
                // Its file has been written anew; the end is looked for once more.
                if fresh.isStale(catalog) { isStale = true }
                return
            }
            let (header, stored) = found
            let form = StoredForm(keys: keys, keyID: catalog.readable(fresh.segment)?.keyID)
            // Reading in order says what is to be said of a frame that does not open.
            guard let payload = try? form.opened(header, stored) else { continue }
            guard !skipped.contains(header.signal), !shared.with({ $0.passed.contains(header.sequence) }) else { continue }
            var frame = storedFrame(header, payload: payload)
            guard let notes = try notes(on: header.sequence, of: fresh.segment, &freshNotes) else { continue }
            frame.notes = notes
            frame.tenant = fresh.names.tenant(header.tenant) ?? "unknown:\(header.tenant)"
            outstanding.insert(frame, segment: fresh.segment, generation: fresh.generation, offset: fresh.offset)
            readAhead.insert(header.sequence)
            readAheadBytes += stored.count
            bytes += payload.count
            frames.append(frame)
        }
    }

    /// The end of the log, with the names that its segment has explained so far; nil when that is where we are.
    private func newEnd() throws(DiskError) -> FreshPlace? {
        guard let last = catalog.with({ $0.segments.last }), last.lastSequence > lastSequence,
            let (info, file) = try catalog.open(last.firstSequence, on: disk)
        else { return nil }
        var end = FreshPlace(info, scanner: FrameScanner(file: file, logID: logID, end: info.readableBytes))
        if segment == info.firstSequence, generation == info.generation, let scanner {
            (end.names, end.scanner.offset, end.lastSequence) = (names, scanner.offset, lastSequence)
        }
        return try end.goToEnd() ? end : nil
    }

    private func enterNextSegment(upTo limit: UInt64) throws(DiskError) -> Bool {
        guard let next = catalog.segment(after: segment) else {
            allIsRead()
            // What is open may still grow; its books are told when it is closed.
            if catalog.readable(segment)?.isClosed == true { try settleMissing() }
            return false
        }
        guard next.firstSequence <= limit else { return false }
        // Given up just now: the one behind it.
        guard let (next, file) = try catalog.open(next.firstSequence, on: disk) else { return try enterNextSegment(upTo: limit) }
        try settleMissing()
        segment = next.firstSequence
        scanner = FrameScanner(file: file, logID: logID, end: next.readableBytes)
        (generation, passedBytes) = (next.generation, 0)
        form = StoredForm(keys: keys, keyID: next.keyID)
        names = SegmentNames()
        notes = nil
        if next.firstSequence > lastSequence + 1 {
            lost.passFiles((lastSequence + 1)...(next.firstSequence - 1), before: next)
        }
        lastSequence = next.firstSequence - 1
        let oldest = catalog.with { $0.segments.first?.firstSequence ?? 0 }
        if shared.with({ $0.undelivered.keys.contains { $0 < oldest } }) { shared.update { $0.forgetSegments(before: oldest) } }
        return true
    }

    /// The end of what is durable is reached: whatever was damaged on the way lies behind as well.
    private func allIsRead() {
        if let info = catalog.readable(segment), let offset = scanner?.offset, offset == info.readableBytes, info.generation == generation {
            (passedBytes, readAheadBytes) = (info.payloadBytes, 0)
        }
    }

    /// Goes on in the file that has taken the place of the one being read, behind the last frame that was read.
    private func reopen() throws(DiskError) {
        guard let (info, file) = try catalog.open(segment, on: disk) else { return scanner = nil }
        var walk = SegmentWalk(file: file, length: info.readableBytes, logID: logID, firstSequence: segment, before: .max)
        var (offset, passed) = (info.readableBytes, 0)
        while let frame = try walk.next() {
            if frame.header.sequence > lastSequence {
                offset = frame.offset
                break
            }
            if frame.header.kind?.holdsItems == true { passed += frame.stored.count }
        }
        scanner = FrameScanner(file: file, logID: logID, offset: offset, end: info.readableBytes)
        (generation, passedBytes) = (info.generation, passed)
    }

    /// Passes over a frame that is there and does not give its items any more: they are lost to this reader, and said to be.
    private func lose(_ header: FrameHeader, reason: String, isOnLedger: Bool) {
        let tenant = tenant(header)
        shared.update { cursor in
            let key = Totals.Key(tenant: tenant, signal: header.signal, term: "evicted:" + reason)
            let lost = cursor.evict((header.sequence, Int(header.items)), of: key, inSegment: segment)
            if !isOnLedger {
                var loss = Loss()
                loss.add(lost, of: tenant, header.signal, sequence: header.sequence, received: header.receivedNanoseconds)
                if let entry = loss.entry("evicted", reason: reason, reader: name) { cursor.owe(entry) }
            }
        }
        if !isOnLedger {
            catalog.with { state in
                state.damage.stretches += 1
                state.damage.bytes += Int(header.payloadLength)
                state.damage.frames += 1
            }
        }
        moveOver(header)
    }

    private func moveOver(_ header: FrameHeader) {
        if header.kind?.holdsItems == true { passedBytes += Int(header.payloadLength) }
        passLost(before: header.sequence)
        shared.update { $0.passed.insert(header.sequence) }
        lastSequence = header.sequence
        scanner!.skip(header)
    }

    // MARK: What is lost

    /// Goes on behind bytes that hold no intact frame. What was in them is missing by its sequences.
    private func passDamage(_ info: SegmentInfo) throws(DiskError) {
        let damaged = scanner!.offset
        let limit = min(catalog.segment(after: segment)?.firstSequence ?? .max, info.lastSequence + 1)
        if !(try scanner!.resynchronize(after: lastSequence, before: limit)) {
            scanner!.offset = info.readableBytes
            if info.lastSequence > lastSequence {
                lost.pass((lastSequence + 1)...info.lastSequence)
                lastSequence = info.lastSequence
            }
        }
        failedReads = 0
        let range = damaged..<scanner!.offset
        lost.add(traces: tracesOfDamage(range, info))
        catalog.with { state in
            state.damage.stretches += 1
            state.damage.bytes += range.count
        }
        damage?.keep(range, of: scanner!.file, segment: info.firstSequence)
    }

    /// A frame that lost a bit of its payload may well tell whose it was. Only one whose header fits in exactly is asked.
    private func tracesOfDamage(_ range: Range<Int>, _ info: SegmentInfo) -> [[UInt8]] {
        guard let traces, (FrameHeader.size...Self.largestDamagedFrame).contains(range.count),
            let bytes = try? scanner!.file.readAll(range.count, at: range.lowerBound), bytes.count == range.count,
            let header = FrameHeader(bytes, at: 0), header.kind?.holdsItems == true, header.frameLength == range.count,
            header.flags.isDisjoint(with: [.compressed, .encrypted])
        else { return [] }
        return traces(header.signal, [UInt8](bytes[FrameHeader.size..<FrameHeader.size + Int(header.payloadLength)]), nil)
    }

    private static let largestDamagedFrame = 16 << 20

    /// From here on in this segment sectors that cannot be read count as damaged.
    private func salvage() {
        scanner = scanner.map { FrameScanner(file: SalvagedFile($0.file), logID: logID, offset: $0.offset, end: $0.end) }
    }

    private func passLost(before sequence: UInt64) {
        if sequence > lastSequence + 1 { lost.pass((lastSequence + 1)...(sequence - 1)) }
    }

    private func settleMissing() throws(DiskError) {
        guard let info = catalog.readable(segment), let file = scanner?.file else { return try lost.settle(nil) }
        try lost.settle((info, file))
    }

    private func settleWhatIsOwed() {
        if outstanding.isEmpty { lost.settleOwed(inSegment: segment) }
    }

    private func readAgain(_ sequence: UInt64) throws(DiskError) -> StoredFrame? {
        guard let known = outstanding[sequence] else { return nil }
        if shared.with({ $0.passed.contains(sequence) }) {
            // Given up for want of room meanwhile.
            outstanding.remove(sequence)
            return nil
        }
        guard let (header, payload) = try outstanding.readAgain(sequence, salvaging: failedReads >= Self.maxFailedReads) else {
            giveUp(sequence, known, reason: LedgerEntry.damaged)
            return nil
        }
        var frame = storedFrame(header, payload: payload)
        frame.tenant = known.tenant
        frame.notes = known.notes
        return frame
    }

    /// A frame that had been read once and cannot be read again: its items without an outcome are lost, and said to be.
    private func giveUp(_ sequence: UInt64, _ known: HandedOut.Frame, reason: String) {
        outstanding.remove(sequence)
        shared.update { cursor in
            let key = Totals.Key(tenant: known.tenant, signal: known.signal, term: "evicted:" + reason)
            let lost = cursor.evict((sequence, known.items), of: key, inSegment: known.segment)
            cursor.passed.insert(sequence)
            var loss = Loss()
            loss.add(lost, of: known.tenant, known.signal, sequence: sequence, received: known.receivedNanoseconds)
            if let entry = loss.entry("evicted", reason: reason, reader: name) { cursor.owe(entry) }
        }
    }

    private func footerNames() -> SegmentNames {
        guard let info = catalog.readable(segment), let file = scanner?.file else { return SegmentNames() }
        return SegmentNames(footerOf: file, length: info.readableBytes, logID: logID)
    }

    private func tenant(_ header: FrameHeader) -> String {
        names.tenant(header.tenant) ?? footerNames().tenant(header.tenant) ?? "unknown:\(header.tenant)"
    }

    private func storedFrame(_ header: FrameHeader, payload: [UInt8]) -> StoredFrame {
        let items = Int(header.items)
        let done = shared.with { $0.partial[header.sequence] } ?? []
        var pending: [Range<Int>] = []
        var next = 0
        for range in done {
            if range.lowerBound > next { pending.append(next..<range.lowerBound) }
            next = range.upperBound
        }
        if next < items { pending.append(next..<items) }
        var frame = StoredFrame(
            sequence: header.sequence,
            signal: header.signal,
            tenant: tenant(header),
            items: items,
            receivedNanoseconds: header.receivedNanoseconds,
            pending: pending,
            payload: payload
        )
        frame.kind = header.kind ?? .otlp
        frame.flags = header.flags
        frame.origin = header.origin
        return frame
    }
}

/// How far a reader goes.
package enum ReaderWait: Equatable, Sendable {
    /// As far as is settled, with the notes on each item: the same answer, however late it is read. With `late`, also with notes that were
    /// made afterwards, as many as there are when it is read. To the end where nobody settles.
    case settled(late: Bool)
    /// To the end of the log; frames as they came, without notes.
    case none
    /// To the end of the log; frames up to one that was settled in an earlier run with the notes that were made on them then.
    case noted(through: UInt64)

    var isSettled: Bool {
        if case .settled = self { true } else { false }
    }
}

extension Outcome {
    /// The term of the books.
    var term: String {
        switch self {
        case .delivered: "delivered"
        case .rejected: "rejected"
        case .filtered(let rule): "filtered:" + rule
        case .quarantined: "quarantined"
        case .folded: "folded"
        }
    }
}
