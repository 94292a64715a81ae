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

    /// The segment being read, by its first sequence; before the first read, the one before it.
    private var segment: UInt64
    private var scanner: FrameScanner?
    private var names = SegmentNames()
    private var lastSequence: UInt64
    /// Frames handed out whose items have no outcome yet.
    private var outstanding: [UInt64: Outstanding] = [:]
    /// Sequences given back, ascending.
    private var returned: [UInt64] = []
    private var returnedBytes = 0
    private var returnScanner: (segment: UInt64, scanner: FrameScanner)?
    /// Payload bytes of item frames behind the reading position, counted like the catalog's.
    private var passedBytes: Int
    private var behindSinceNanoseconds: UInt64?

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
        ledger: @escaping @Sendable (LedgerEntry) -> Void
    ) {
        self.name = name
        self.disk = disk
        self.clock = clock
        self.catalog = catalog
        self.logID = logID
        self.shared = shared
        self.ledger = ledger
        let prefix = shared.with { $0.passed.prefix }
        let (first, ahead, payloadBytes) = catalog.with { state in
            // The open segment counts even when all of it is passed: what comes next comes there.
            let start = state.segments.firstIndex { $0.lastSequence > prefix || !$0.isClosed } ?? state.segments.count
            let ahead = state.segments[start...].reduce(0) { $0 + $1.payloadBytes }
            return (start < state.segments.count ? state.segments[start].firstSequence : state.lastSequence + 1, ahead, state.payloadBytes)
        }
        segment = first - 1
        lastSequence = first - 1
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

    package func read(maxBytes: Int) throws(SpoolError) -> [StoredFrame] {
        var frames: [StoredFrame] = []
        var bytes = 0
        do throws(DiskError) {
            while bytes < maxBytes, !returned.isEmpty {
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
            while bytes < maxBytes, shared.rangeCount < Self.maxRanges, let frame = try readNext() {
                bytes += frame.payload.count
                frames.append(frame)
            }
        } catch {
            giveBack(frames)
            throw .disk(error)
        }
        if !frames.isEmpty { behindSinceNanoseconds = nil }
        return frames
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

    // MARK: Reading

    /// The next frame with items that has not been passed; nil at the end of what is durable.
    private func readNext() throws(DiskError) -> StoredFrame? {
        while true {
            guard let info = catalog.readable(segment), scanner != nil else {
                guard try enterNextSegment() else { return nil }
                continue
            }
            scanner!.end = info.readableBytes
            if scanner!.offset >= info.readableBytes {
                guard info.isClosed, try enterNextSegment() else { return nil }
                continue
            }
            guard let header = try scanner!.header(), header.sequence > lastSequence else {
                try passDamage(info)
                continue
            }
            // Checked even where it is only moved over: a damaged header must not be believed about its sequence or length.
            guard let payload = try scanner!.payload(of: header) else {
                try passDamage(info)
                continue
            }
            if header.kind?.holdsItems != true || shared.with({ $0.passed.contains(header.sequence) }) {
                if header.kind == .names { names.add(Fields(payload)) }
                moveOver(header)
                continue
            }
            let frame = storedFrame(header, payload: payload)
            outstanding[header.sequence] = Outstanding(
                segment: segment,
                offset: scanner!.offset,
                items: frame.items,
                signal: frame.signal,
                tenant: frame.tenant,
                payloadBytes: payload.count,
                receivedNanoseconds: frame.receivedNanoseconds
            )
            passedBytes += payload.count
            passGap(before: header.sequence)
            lastSequence = header.sequence
            scanner!.skip(header)
            return frame
        }
    }

    private func enterNextSegment() throws(DiskError) -> Bool {
        guard let next = catalog.segment(after: segment) else { return false }
        let file = try disk.open(next.path, .read)
        segment = next.firstSequence
        scanner = FrameScanner(file: file, logID: logID, end: next.readableBytes)
        names = SegmentNames()
        // What the segments before have left out is not there any more.
        if next.firstSequence > lastSequence + 1 { pass((lastSequence + 1)...(next.firstSequence - 1)) }
        lastSequence = next.firstSequence - 1
        return true
    }

    private func moveOver(_ header: FrameHeader) {
        if header.kind?.holdsItems == true { passedBytes += Int(header.payloadLength) }
        pass((lastSequence + 1)...header.sequence)
        lastSequence = header.sequence
        scanner!.skip(header)
    }

    /// Goes on behind bytes that hold no intact frame. What was in them is missing by its sequences.
    private func passDamage(_ info: SegmentInfo) throws(DiskError) {
        let damaged = scanner!.offset
        let limit = catalog.segment(after: segment)?.firstSequence ?? .max
        if !(try scanner!.resynchronize(after: lastSequence, before: limit)) {
            scanner!.offset = info.readableBytes
            if info.lastSequence > lastSequence {
                pass((lastSequence + 1)...info.lastSequence)
                lastSequence = info.lastSequence
            }
        }
        let bytes = scanner!.offset - damaged
        catalog.with { state in
            state.damage.stretches += 1
            state.damage.bytes += bytes
        }
    }

    private func passGap(before sequence: UInt64) {
        if sequence > lastSequence + 1 { pass((lastSequence + 1)...(sequence - 1)) }
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
        var frame = storedFrame(header, payload: payload)
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
    private func footerNames() -> SegmentNames {
        guard let info = catalog.readable(segment), let file = scanner?.file,
            let footer = try? SegmentScan.footer(file: file, length: info.readableBytes, logID: logID)
        else { return SegmentNames() }
        return footer.names
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
        return StoredFrame(
            sequence: header.sequence,
            signal: header.signal,
            tenant: names.tenant(header.tenant) ?? footerNames().tenant(header.tenant) ?? "unknown:\(header.tenant)",
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
        }
    }
}
