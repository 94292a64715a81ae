internal import CausewayPlatform

/// A place in the log ahead of a reader, from which what is new is read beside what has waited.
///
/// It passes nothing: gaps, damage and all that holds no items are for the one who comes after it in order.
struct FreshPlace {
    /// By its first sequence.
    private(set) var segment: UInt64
    /// Of the file that is read.
    private(set) var generation: Int
    var scanner: FrameScanner
    var names = SegmentNames()
    var lastSequence: UInt64
    /// Where the frame begins that was found last.
    private(set) var offset = 0

    init(_ info: SegmentInfo, scanner: FrameScanner) {
        segment = info.firstSequence
        generation = info.generation
        self.scanner = scanner
        lastSequence = segment - 1
    }

    /// Whether maintenance has put another file in the place of the one that is read.
    func isStale(_ catalog: Catalog) -> Bool { catalog.readable(segment).map { $0.generation != generation } ?? true }

    /// Goes past all that is there, taking names along; false where damage lies on the way.
    mutating func goToEnd() throws(DiskError) -> Bool {
        while scanner.offset < scanner.end {
            guard let header = try scanner.header(), header.sequence > lastSequence else { return false }
            if header.kind == .names {
                guard let payload = try scanner.payload(of: header) else { return false }
                names.add(Fields(payload))
            }
            lastSequence = header.sequence
            scanner.skip(header)
        }
        return true
    }

    /// The next intact frame that holds items; nil at the end of what is durable, at damage, and behind `limit`.
    mutating func next(
        _ catalog: Catalog,
        _ disk: any Disk,
        _ logID: UInt64,
        upTo limit: UInt64
    ) throws(DiskError) -> (FrameHeader, [UInt8])? {
        while true {
            guard let info = catalog.readable(segment), info.generation == generation else { return nil }
            scanner.end = info.readableBytes
            if scanner.offset >= info.readableBytes {
                guard info.isClosed, let following = catalog.segment(after: segment),
                    let (next, file) = try catalog.open(following.firstSequence, on: disk)
                else { return nil }
                scanner = FrameScanner(file: file, logID: logID, end: next.readableBytes)
                generation = next.generation
                (segment, names, lastSequence) = (next.firstSequence, SegmentNames(), next.firstSequence - 1)
                continue
            }
            guard let header = try scanner.header(), header.sequence > lastSequence, let payload = try scanner.payload(of: header) else {
                return nil
            }
            if header.sequence > limit { return nil }
            if header.kind == .names { names.add(Fields(payload)) }
            offset = scanner.offset
            lastSequence = header.sequence
            scanner.skip(header)
            if header.kind?.holdsItems == true { return (header, payload) }
        }
    }
}
