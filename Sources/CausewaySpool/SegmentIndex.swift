// state/segments: a checkpoint (StateFile.swift) whose payload is two fields: 1 the keys of all counts, as Totals are written, each with its
// number as its count; 2 the segments, oldest first, each of them words of u64:
//
//   first sequence · first sequence of the segment before, 0 = none · last sequence · last sequence with items · payload bytes ·
//   first and last time of items · key id · 1 = items from other logs · bytes, file number and time of writing of its file ·
//   n · n times: number of a key, count

internal import CausewayPlatform

/// What the heads and footers of all sealed segments say, in one file, so that a start need not open each of them.
///
/// A segment is taken at its word as long as its file is the one that was sealed, by size, number and time of writing, and the books before
/// it are what they were. It is read like any other otherwise. What is in the frames shows, as ever, when they are read.
struct SegmentIndex {
    /// No deriver has this name.
    static let name = "segments"
    private static let version: UInt64 = 1

    struct Entry: Equatable {
        /// Without its path, which its name tells.
        var info: SegmentInfo
        /// The segment before it, by its first sequence; 0 when there was none.
        var previous: UInt64
    }

    private(set) var entries: [UInt64: Entry] = [:]

    private enum Number {
        static let keys: UInt16 = 1
        static let segments: UInt16 = 2
    }

    subscript(first: UInt64) -> Entry? { entries[first] }

    /// Those of the segments that are sealed and in order.
    init(_ segments: [SegmentInfo]) {
        for (index, segment) in segments.enumerated() {
            // A file of another length than can be read was replaced at this moment, or could not be cut off.
            guard segment.isClosed, segment.isInOrder, segment.keyID != nil, segment.stamp?.bytes == segment.readableBytes else { continue }
            entries[segment.firstSequence] = Entry(info: segment, previous: index == 0 ? 0 : segments[index - 1].firstSequence)
        }
    }

    var payload: [UInt8] {
        var numbers: [Totals.Key: UInt64] = [:]
        var keys = Totals()
        var words: [UInt8] = []
        for (first, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard let stamp = entry.info.stamp else { continue }
            let info = entry.info
            for word in [
                first, entry.previous, info.lastSequence, info.lastItemSequence, UInt64(info.payloadBytes),
                info.firstReceivedNanoseconds, info.lastReceivedNanoseconds, info.keyID ?? 0, info.holdsOrigins ? 1 : 0,
                UInt64(stamp.bytes), stamp.file, stamp.modifiedNanoseconds, UInt64(info.books.counts.count),
            ] { words.append(littleEndian: word) }
            for (key, count) in info.books.counts {
                if numbers[key] == nil {
                    numbers[key] = UInt64(numbers.count + 1)
                    keys.add(numbers.count, to: key)
                }
                words.append(littleEndian: numbers[key]!)
                words.append(littleEndian: UInt64(bitPattern: Int64(count)))
            }
        }
        var fields = Fields()
        fields.add(Number.keys, keys.fields)
        fields.add(Number.segments, words)
        return fields.bytes
    }

    /// Empty when there is none that holds.
    init(_ checkpoint: Checkpoint?, paths: SpoolPaths) {
        guard let checkpoint, checkpoint.version == Self.version else { return }
        let fields = Fields(checkpoint.payload)
        guard let keys = fields.first(Number.keys), let words = fields.first(Number.segments)?.bytes, words.count % 8 == 0 else { return }
        var names: [UInt64: Totals.Key] = [:]
        for (key, number) in Totals(keys.fields).counts { names[UInt64(bitPattern: Int64(number))] = key }
        var reader = Words(bytes: words)
        while let entry = Entry(&reader, names, paths) { entries[entry.info.firstSequence] = entry }
        // One that says what no segment can say is no index of ours.
        if !reader.isAtEnd { entries = [:] }
    }

    func checkpoint(sequence: UInt64) -> Checkpoint {
        Checkpoint(version: Self.version, sequence: sequence, payload: payload)
    }

    /// Words of u64, one behind the other.
    fileprivate struct Words {
        var bytes: [UInt8]
        var offset = 0

        var isAtEnd: Bool { offset == bytes.count }

        mutating func next() -> UInt64? {
            guard offset + 8 <= bytes.count else { return nil }
            defer { offset += 8 }
            return bytes.littleEndian64(at: offset)
        }
    }
}

extension SegmentIndex.Entry {
    fileprivate init?(_ words: inout SegmentIndex.Words, _ names: [UInt64: Totals.Key], _ paths: SpoolPaths) {
        let start = words.offset
        var found: [UInt64] = []
        while found.count < 13, let word = words.next() { found.append(word) }
        var books = Totals()
        var isWhole = found.count == 13
        var left = isWhole ? found[12] : 0
        while left > 0, isWhole {
            if let number = words.next(), let count = words.next(), let key = names[number] {
                books.add(Int(Int64(bitPattern: count)), to: key)
                left -= 1
            } else {
                isWhole = false
            }
        }
        guard isWhole, (1...FrameHeader.maxSequence).contains(found[0]), (found[0]...FrameHeader.maxSequence).contains(found[2]),
            found[3] <= found[2], found[4] <= 1 << 40, found[9] <= 1 << 40
        else {
            words.offset = start
            return nil
        }
        previous = found[1]
        info = SegmentInfo(
            path: paths.segment(found[0]),
            firstSequence: found[0],
            lastSequence: found[2],
            lastItemSequence: found[3],
            readableBytes: Int(found[9]),
            fileBytes: Int(found[9]),
            payloadBytes: Int(found[4]),
            books: books,
            firstReceivedNanoseconds: found[5],
            lastReceivedNanoseconds: found[6],
            keyID: found[7],
            isClosed: true,
            isSealed: true,
            stamp: FileStamp(bytes: Int(found[9]), file: found[10], modifiedNanoseconds: found[11]),
            holdsOrigins: found[8] != 0
        )
    }
}

extension SpoolFiles {
    /// Keeps what a start wants to know of all segments; now and then while there is work, and always at the end. What it does not say yet,
    /// the next start reads. Tried again later when it fails.
    func saveIndex(isLast: Bool = false) {
        makeFootersCertain()
        let (segments, changes, sequence) = catalog.with { state in
            let changes = state.segmentChanges
            let isDue = changes - state.indexedChanges > (isLast ? 0 : state.segments.count / 128)
            return (isDue ? state.segments : nil, changes, state.lastSequence)
        }
        guard let segments else { return }
        let checkpoint = SegmentIndex(segments).checkpoint(sequence: sequence)
        guard (try? save(checkpoint, as: SegmentIndex.name)) != nil else { return }
        catalog.with { $0.indexedChanges = changes }
    }

    /// So many at a time: each is a sync.
    private static let footersAtOnce = 16

    /// A footer that was found at the start may have been read from memory, and its sync have failed: it is written once more as it is.
    private func makeFootersCertain() {
        let doubtful = catalog.with { state in
            guard state.doubtfulFooters else { return [SegmentInfo]() }
            let all = state.segments.filter { $0.isSealed && $0.stamp == nil && $0.isInOrder }
            state.doubtfulFooters = all.count > Self.footersAtOnce
            return [SegmentInfo](all.prefix(Self.footersAtOnce))
        }
        for segment in doubtful {
            do throws(DiskError) {
                let file = try disk.open(segment.path, .readWrite)
                let trailer = try file.readAll(SegmentFooter.trailerSize, at: segment.readableBytes - SegmentFooter.trailerSize)
                // Another file has taken its place, with a footer that is certain.
                guard let offset = SegmentFooter.frameOffset(trailer: trailer), offset < segment.readableBytes else { continue }
                try file.writeAll([try file.readAll(segment.readableBytes - offset, at: offset)], at: offset)
                try file.sync()
                let stamp = try disk.stamp(segment.path)
                catalog.with { state in
                    guard var known = state.segment(segment.firstSequence), known.generation == segment.generation else { return }
                    known.stamp = stamp
                    _ = state.update(known)
                    state.segmentChanges += 1
                }
            } catch {
                // The next start reads it again, and asks again.
            }
        }
    }
}
