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
    private let ledger: @Sendable (LedgerEntry) -> Void
    private let quarantine: @Sendable ([QuarantineDraft], @escaping @Sendable (Result<Bool, SpoolError>) -> Void) -> Void

    private var place: Place
    /// Ahead of it, at what is new; nil until it is asked for, and when the one has caught up with the other.
    private var fresh: Place?
    /// What was read, or passed over, from the new end: counted once, and not handed out a second time.
    private var readAhead = PassedSet()
    /// Frames handed out whose items have no outcome yet.
    private var outstanding: [UInt64: Outstanding] = [:]
    /// Sequences given back, ascending.
    private var returned: [UInt64] = []
    private var returnedBytes = 0
    private var returnScanner: (segment: UInt64, scanner: FrameScanner)?
    /// Payload bytes of item frames behind the reading position, counted like the catalog's.
    private var passedBytes: Int
    private var behindSinceNanoseconds: UInt64?

    /// Where in the log is being read.
    private struct Place {
        /// The segment, by its first sequence; before the first read, the one before it.
        var segment: UInt64
        var scanner: FrameScanner?
        var names = SegmentNames()
        var lastSequence: UInt64
        /// Signals whose frames are left to the other place.
        var skipped: Set<UInt8> = []
        var isFresh = false
    }

    private struct Outstanding {
        var segment: UInt64
        var offset: Int
        var items: Int
        var signal: UInt8
        var tenant: String
        var payloadBytes: Int
        var receivedNanoseconds: UInt64
    }

    /// More unconnected ranges than this are not made: reading waits until some are joined.
    private static let maxRanges = 4096

    init(
        name: String,
        disk: any Disk,
        clock: any Clock,
        catalog: Catalog,
        logID: UInt64,
        shared: SharedCursor,
        quarantine: @escaping @Sendable ([QuarantineDraft], @escaping @Sendable (Result<Bool, SpoolError>) -> Void) -> Void,
        ledger: @escaping @Sendable (LedgerEntry) -> Void
    ) {
        self.name = name
        self.disk = disk
        self.clock = clock
        self.catalog = catalog
        self.logID = logID
        self.shared = shared
        self.ledger = ledger
        self.quarantine = quarantine
        let prefix = shared.with { $0.passed.prefix }
        let (first, ahead, payloadBytes) = catalog.with { state in
            // The open segment counts even when all of it is passed: what comes next comes there.
            let start = state.segments.firstIndex { $0.lastSequence > prefix || !$0.isClosed } ?? state.segments.count
            let ahead = state.segments[start...].reduce(0) { $0 + $1.payloadBytes }
            return (start < state.segments.count ? state.segments[start].firstSequence : state.lastSequence + 1, ahead, state.payloadBytes)
        }
        place = Place(segment: first - 1, lastSequence: first - 1)
        passedBytes = payloadBytes - ahead
        if ahead > 0 { behindSinceNanoseconds = 0 }
    }

    package func backlog() -> Backlog {
        let bytes = catalog.with { $0.payloadBytes } - passedBytes + returnedBytes
        if bytes == 0 {
            behindSinceNanoseconds = nil
        } else if behindSinceNanoseconds == nil {
            behindSinceNanoseconds = clock.bootNanoseconds()
        }
        return Backlog(bytes: bytes, oldestBootNanoseconds: behindSinceNanoseconds ?? 0)
    }

    package func read(maxBytes: Int, from wanted: ReadPlace) throws(SpoolError) -> [StoredFrame] {
        var frames: [StoredFrame] = []
        var bytes = 0
        do throws(DiskError) {
            while wanted == .oldest, bytes < maxBytes, !returned.isEmpty {
                let size = outstanding[returned[0]]?.payloadBytes ?? 0
                let frame = try readAgain(returned[0])
                // Only now: a read that failed is tried again.
                returned.removeFirst()
                returnedBytes -= size
                if returned.isEmpty { returnScanner = nil }
                guard let frame else { continue }
                bytes += frame.payload.count
                frames.append(frame)
            }
            if case .fresh(let skipped) = wanted {
                bytes += try readFresh(maxBytes, without: skipped, into: &frames)
            } else if wanted == .oldest || returned.count < Self.maxRanges {
                // Frames may begin anywhere between two looks: what stands behind the place is always read from it.
                while bytes < maxBytes, shared.rangeCount < Self.maxRanges, let frame = try readNext(&place) {
                    bytes += frame.payload.count
                    frames.append(frame)
                }
            }
        } catch {
            giveBack(frames)
            throw .disk(error)
        }
        if !frames.isEmpty && wanted == .oldest { behindSinceNanoseconds = nil }
        return frames
    }

    /// Reads at the new end, which is where the log ended when this was first asked for. Unconnected ranges leave half of their room to
    /// those who read in order.
    private func readFresh(_ maxBytes: Int, without skipped: Set<UInt8>, into frames: inout [StoredFrame]) throws(DiskError) -> Int {
        if let old = fresh, place.lastSequence >= old.lastSequence {
            fresh = nil
            readAhead = PassedSet()
        }
        guard var fresh else {
            self.fresh = try newEnd()
            return 0
        }
        defer { self.fresh = fresh }
        fresh.skipped = skipped
        var bytes = 0
        while bytes < maxBytes, shared.rangeCount < Self.maxRanges / 2, let frame = try readNext(&fresh) {
            bytes += frame.payload.count
            frames.append(frame)
        }
        return bytes
    }

    /// The end of the log, with the names that its segment has explained so far; nil when that is where we are.
    private func newEnd() throws(DiskError) -> Place? {
        guard let info = catalog.with({ $0.segments.last }), info.lastSequence > place.lastSequence else { return nil }
        var end = Place(segment: info.firstSequence, lastSequence: info.firstSequence - 1, isFresh: true)
        end.scanner = FrameScanner(file: try disk.open(info.path, .read), logID: logID, end: info.readableBytes)
        if place.segment == info.firstSequence, let scanner = place.scanner {
            (end.names, end.scanner!.offset, end.lastSequence) = (place.names, scanner.offset, place.lastSequence)
        }
        while end.scanner!.offset < info.readableBytes {
            // With damage on the way everything is read in order.
            guard let header = try end.scanner!.header(), header.sequence > end.lastSequence else { return nil }
            if header.kind == .names {
                guard let payload = try end.scanner!.payload(of: header) else { return nil }
                end.names.add(Fields(payload))
            }
            end.lastSequence = header.sequence
            end.scanner!.skip(header)
        }
        return end
    }

    package func giveBack(_ frames: [StoredFrame]) {
        guard !frames.isEmpty else { return }
        returned = Set(returned).union(frames.map(\.sequence).filter { outstanding[$0] != nil }).sorted()
        returnedBytes = returned.reduce(0) { $0 + (outstanding[$1]?.payloadBytes ?? 0) }
        behindSinceNanoseconds = 0
    }

    package func record(_ outcome: Outcome, of items: [ItemRange]) throws(SpoolError) {
        var lost = Totals()
        var lostRange: (sequences: ClosedRange<UInt64>, received: ClosedRange<UInt64>)?
        shared.update { cursor in
            for range in items {
                guard let frame = outstanding[range.sequence] else { preconditionFailure("an outcome for a frame not handed out") }
                let key = Totals.Key(tenant: frame.tenant, signal: frame.signal, term: outcome.term)
                cursor.totals.add(range.count, to: key)
                var done = cursor.partial[range.sequence] ?? []
                let isNew = done.insertDisjoint(range.first..<range.first + range.count)
                precondition(isNew, "an item has one outcome")
                if done == [0..<frame.items] {
                    cursor.partial[range.sequence] = nil
                    cursor.passed.insert(range.sequence)
                    outstanding[range.sequence] = nil
                } else {
                    cursor.partial[range.sequence] = done
                }
                if case .rejected = outcome {
                    lost.add(range.count, to: Totals.Key(tenant: frame.tenant, signal: frame.signal, term: "from_receivers"))
                    let received = frame.receivedNanoseconds
                    let so = lostRange ?? (range.sequence...range.sequence, received...received)
                    lostRange = (
                        min(so.sequences.lowerBound, range.sequence)...max(so.sequences.upperBound, range.sequence),
                        min(so.received.lowerBound, received)...max(so.received.upperBound, received)
                    )
                }
            }
        }
        if case .rejected(let reason) = outcome, let lostRange {
            ledger(
                LedgerEntry(
                    term: "rejected",
                    reason: reason,
                    reader: name,
                    sequences: lostRange.sequences,
                    receivedNanoseconds: lostRange.received,
                    items: lost
                )
            )
        }
    }

    package func setAside(_ items: [QuarantineDraft], done: @escaping @Sendable (Result<Bool, SpoolError>) -> Void) {
        quarantine(items, done)
    }

    // MARK: Reading

    /// The next frame with items that has not been passed; nil at the end of what is durable.
    private func readNext(_ place: inout Place) throws(DiskError) -> StoredFrame? {
        while true {
            guard let info = catalog.readable(place.segment), place.scanner != nil else {
                guard try enterNextSegment(&place) else { return nil }
                continue
            }
            place.scanner!.end = info.readableBytes
            if place.scanner!.offset >= info.readableBytes {
                guard info.isClosed, try enterNextSegment(&place) else { return nil }
                continue
            }
            guard let header = try place.scanner!.header(), header.sequence > place.lastSequence else {
                // Damage is for the one who reads in order to pass.
                if place.isFresh { return nil }
                try passDamage(&place, info)
                continue
            }
            // Checked even where it is only moved over: a damaged header must not be believed about its sequence or length.
            guard let payload = try place.scanner!.payload(of: header) else {
                if place.isFresh { return nil }
                try passDamage(&place, info)
                continue
            }
            let isItems = header.kind?.holdsItems == true
            if isItems, !place.isFresh, readAhead.contains(header.sequence) {
                // Handed out, and counted, from the other place.
                passGap(&place, before: header.sequence)
                place.lastSequence = header.sequence
                place.scanner!.skip(header)
                continue
            }
            if !isItems || shared.with({ $0.passed.contains(header.sequence) }) {
                if header.kind == .names { place.names.add(Fields(payload)) }
                moveOver(&place, header)
                continue
            }
            if place.isFresh {
                if place.skipped.contains(header.signal) {
                    place.lastSequence = header.sequence
                    place.scanner!.skip(header)
                    continue
                }
                readAhead.insert(header.sequence)
            }
            let frame = storedFrame(header, payload: payload, place)
            outstanding[header.sequence] = Outstanding(
                segment: place.segment,
                offset: place.scanner!.offset,
                items: frame.items,
                signal: frame.signal,
                tenant: frame.tenant,
                payloadBytes: payload.count,
                receivedNanoseconds: frame.receivedNanoseconds
            )
            passedBytes += payload.count
            passGap(&place, before: header.sequence)
            place.lastSequence = header.sequence
            place.scanner!.skip(header)
            return frame
        }
    }

    private func enterNextSegment(_ place: inout Place) throws(DiskError) -> Bool {
        guard let next = catalog.segment(after: place.segment) else { return false }
        let file = try disk.open(next.path, .read)
        place.segment = next.firstSequence
        place.scanner = FrameScanner(file: file, logID: logID, end: next.readableBytes)
        place.names = SegmentNames()
        // What the segments before have left out is not there any more.
        if next.firstSequence > place.lastSequence + 1, !place.isFresh { pass((place.lastSequence + 1)...(next.firstSequence - 1)) }
        place.lastSequence = next.firstSequence - 1
        return true
    }

    private func moveOver(_ place: inout Place, _ header: FrameHeader) {
        if header.kind?.holdsItems == true {
            passedBytes += Int(header.payloadLength)
            if place.isFresh { readAhead.insert(header.sequence) }
        }
        if place.isFresh { pass(header.sequence...header.sequence) } else { pass((place.lastSequence + 1)...header.sequence) }
        place.lastSequence = header.sequence
        place.scanner!.skip(header)
    }

    /// Goes on behind bytes that hold no intact frame. What was in them is missing by its sequences.
    private func passDamage(_ place: inout Place, _ info: SegmentInfo) throws(DiskError) {
        let damaged = place.scanner!.offset
        let limit = catalog.segment(after: place.segment)?.firstSequence ?? .max
        if !(try place.scanner!.resynchronize(after: place.lastSequence, before: limit)) {
            place.scanner!.offset = info.readableBytes
            if info.lastSequence > place.lastSequence {
                pass((place.lastSequence + 1)...info.lastSequence)
                place.lastSequence = info.lastSequence
            }
        }
        let bytes = place.scanner!.offset - damaged
        catalog.with { state in
            state.damage.stretches += 1
            state.damage.bytes += bytes
        }
    }

    private func passGap(_ place: inout Place, before sequence: UInt64) {
        guard !place.isFresh, sequence > place.lastSequence + 1 else { return }
        pass((place.lastSequence + 1)...(sequence - 1))
    }

    private func pass(_ range: ClosedRange<UInt64>) {
        shared.update { $0.passed.insert(range) }
    }

    private func readAgain(_ sequence: UInt64) throws(DiskError) -> StoredFrame? {
        guard let known = outstanding[sequence] else { return nil }
        if returnScanner?.segment != known.segment {
            guard let info = catalog.readable(known.segment) else {
                giveUp(sequence, known, reason: "missing")
                return nil
            }
            let file = try disk.open(info.path, .read)
            returnScanner = (known.segment, FrameScanner(file: file, logID: logID, end: .max))
        }
        returnScanner!.scanner.offset = known.offset
        guard let header = try returnScanner!.scanner.header(), header.sequence == sequence,
            let payload = try returnScanner!.scanner.payload(of: header)
        else {
            giveUp(sequence, known, reason: "damaged")
            return nil
        }
        var frame = storedFrame(header, payload: payload, place)
        frame.tenant = known.tenant
        return frame
    }

    /// A frame that had been read once and cannot be read again: its items without an outcome are lost, and said to be.
    private func giveUp(_ sequence: UInt64, _ known: Outstanding, reason: String) {
        outstanding[sequence] = nil
        shared.update { cursor in
            let done = cursor.partial.removeValue(forKey: sequence)?.reduce(0) { $0 + $1.count } ?? 0
            let key = Totals.Key(tenant: known.tenant, signal: known.signal, term: "evicted:" + reason)
            cursor.totals.add(known.items - done, to: key)
            cursor.passed.insert(sequence)
        }
    }

    /// What the segment's footer says that its numbers mean, for when a names frame of it is damaged; nothing when it is not sealed.
    private func footerNames(_ place: Place) -> SegmentNames {
        guard let info = catalog.readable(place.segment), let file = place.scanner?.file,
            let footer = try? SegmentScan.footer(file: file, length: info.readableBytes, logID: logID)
        else { return SegmentNames() }
        return footer.names
    }

    private func storedFrame(_ header: FrameHeader, payload: [UInt8], _ place: Place) -> StoredFrame {
        let items = Int(header.items)
        let done = shared.with { $0.partial[header.sequence] } ?? []
        var pending: [Range<Int>] = []
        var next = 0
        for range in done {
            if range.lowerBound > next { pending.append(next..<range.lowerBound) }
            next = range.upperBound
        }
        if next < items { pending.append(next..<items) }
        return StoredFrame(
            sequence: header.sequence,
            signal: header.signal,
            tenant: place.names.tenant(header.tenant) ?? footerNames(place).tenant(header.tenant) ?? "unknown:\(header.tenant)",
            items: items,
            receivedNanoseconds: header.receivedNanoseconds,
            pending: pending,
            payload: payload
        )
    }
}

/// A cursor that its reader moves and the keeper saves.
final class SharedCursor: Sendable {
    private let state: Mutex<(cursor: Cursor, isDirty: Bool)>
    private let becameDirty: @Sendable () -> Void

    init(_ cursor: Cursor, becameDirty: @escaping @Sendable () -> Void) {
        state = Mutex((cursor, false))
        self.becameDirty = becameDirty
    }

    func with<Result: Sendable>(_ body: (Cursor) -> Result) -> Result { state.withLock { body($0.cursor) } }

    var rangeCount: Int { state.withLock { $0.cursor.passed.ranges.count + $0.cursor.partial.count } }

    func update(_ body: (inout Cursor) -> Void) {
        let isFirst = state.withLock { state in
            body(&state.cursor)
            defer { state.isDirty = true }
            return !state.isDirty
        }
        if isFirst { becameDirty() }
    }

    /// The cursor if it has moved since the last call.
    func takeDirty() -> Cursor? {
        state.withLock { state in
            guard state.isDirty else { return nil }
            state.isDirty = false
            return state.cursor
        }
    }

    /// A save failed: try again.
    func markDirty() {
        state.withLock { $0.isDirty = true }
        becameDirty()
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
        }
    }
}
