internal import CausewayPlatform

/// The frames that a reader has handed out and that have items without an outcome: where each lies, so that one that is given back is read
/// again from the log and nobody has to keep it in memory.
struct HandedOut {
    private let catalog: Catalog
    private let disk: any Disk
    private let logID: UInt64
    private let keys: SpoolKeys
    private var frames: [UInt64: Frame] = [:]
    /// Sequences given back, ascending.
    private var returned: [UInt64] = []
    /// Payload bytes of those.
    private(set) var returnedBytes = 0
    private var scanner: (segment: UInt64, generation: Int, form: StoredForm, scanner: FrameScanner)?

    struct Frame {
        var segment: UInt64
        /// Of the file in which the offset is right.
        var generation: Int
        var offset: Int
        var items: Int
        var signal: UInt8
        var tenant: String
        var payloadBytes: Int
        var receivedNanoseconds: UInt64
        var notes: [StoredNote]

        init(_ frame: StoredFrame, segment: UInt64, generation: Int, offset: Int) {
            self.segment = segment
            self.generation = generation
            self.offset = offset
            items = frame.items
            signal = frame.signal
            tenant = frame.tenant
            payloadBytes = frame.payload.count
            receivedNanoseconds = frame.receivedNanoseconds
            notes = frame.notes
        }
    }

    init(catalog: Catalog, disk: any Disk, logID: UInt64, keys: SpoolKeys) {
        self.catalog = catalog
        self.disk = disk
        self.logID = logID
        self.keys = keys
    }

    var count: Int { frames.count }

    var isEmpty: Bool { frames.isEmpty && returned.isEmpty }

    subscript(sequence: UInt64) -> Frame? { frames[sequence] }

    mutating func insert(_ frame: StoredFrame, segment: UInt64, generation: Int, offset: Int) {
        frames[frame.sequence] = Frame(frame, segment: segment, generation: generation, offset: offset)
    }

    /// It has its outcome.
    mutating func remove(_ sequence: UInt64) { frames[sequence] = nil }

    // MARK: Given back

    mutating func giveBack(_ given: [StoredFrame]) {
        returned = Set(returned).union(given.map(\.sequence).filter { frames[$0] != nil }).sorted()
        returnedBytes = returned.reduce(0) { $0 + (frames[$1]?.payloadBytes ?? 0) }
    }

    /// The oldest that was given back, of other signals than these.
    func firstReturned(without signals: Set<UInt8>) -> UInt64? { returned.first { !signals.contains(frames[$0]?.signal ?? 0) } }

    /// It is handed out again, or gone; it had `size` payload bytes.
    mutating func take(_ sequence: UInt64, size: Int) {
        guard let index = returned.firstIndex(of: sequence) else { return }
        returned.remove(at: index)
        returnedBytes -= size
        if returned.isEmpty { scanner = nil }
    }

    /// The header and payload of a frame once more; nil when it is gone or damaged. With `salvaging`, what cannot be read counts as damage.
    mutating func readAgain(_ sequence: UInt64, salvaging: Bool) throws(DiskError) -> (header: FrameHeader, payload: [UInt8])? {
        guard let known = frames[sequence] else { return nil }
        if scanner?.segment != known.segment || scanner?.generation != known.generation {
            guard try open(known.segment) else { return nil }
        }
        let place = frames[sequence]!.offset
        scanner!.scanner.offset = place
        if salvaging {
            let file = SalvagedFile(scanner!.scanner.file)
            scanner!.scanner = FrameScanner(file: file, logID: logID, offset: place, end: .max)
        }
        guard let header = try scanner!.scanner.header(), header.sequence == sequence, header.kind?.holdsItems == true,
            let stored = try scanner!.scanner.payload(of: header), let payload = try? scanner!.form.opened(header, stored)
        else { return nil }
        return (header, payload)
    }

    /// Opens the segment for reading frames of it again; where its file has been written anew, finds out where they are now. False when it
    /// is gone.
    private mutating func open(_ segment: UInt64) throws(DiskError) -> Bool {
        guard let (info, file) = try catalog.open(segment, on: disk) else { return false }
        let moved = frames.filter { $0.value.segment == segment && $0.value.generation != info.generation }.keys
        if !moved.isEmpty {
            var places: [UInt64: Int] = [:]
            var walk = SegmentWalk(file: file, length: info.readableBytes, logID: logID, firstSequence: segment, before: .max)
            while let frame = try walk.next() { places[frame.header.sequence] = frame.offset }
            for sequence in moved {
                frames[sequence]!.offset = places[sequence] ?? info.readableBytes
                frames[sequence]!.generation = info.generation
            }
        }
        scanner = (segment, info.generation, StoredForm(keys: keys, keyID: info.keyID), FrameScanner(file: file, logID: logID, end: .max))
        return true
    }
}
