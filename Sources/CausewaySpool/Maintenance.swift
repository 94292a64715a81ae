internal import CausewayPlatform

/// Decides which sealed segment is written anew next, and has it done: content is shed where room is short, what stays is compressed.
///
/// Used from one thread, which nobody waits for.
final class Maintenance {
    private let files: SpoolFiles
    private let reduce: ContentReduction?
    private let compressor = Compressor(.zstd, level: 3)
    /// When each closed segment was first seen closed, on the boot-time clock.
    private var closedSince: [UInt64: UInt64] = [:]
    /// Segments with which nothing is left to do.
    private var compressed: Set<UInt64> = []
    private var shed: Set<UInt64> = []
    /// Not before: after a disk that would not.
    private var retryAt: [UInt64: UInt64] = [:]

    private static let retryNanoseconds: UInt64 = 300_000_000_000
    /// Smaller files are not worth it.
    private static let leastBytes = 16 << 10

    /// With `reduce`, content is shed when the spool is four fifths full; room for the copy of one segment is kept for that from now on.
    init(_ files: SpoolFiles, reduce: ContentReduction?) {
        self.files = files
        self.reduce = reduce
        if reduce != nil { files.catalog.with { $0.reservedBytes += files.options.effectiveSegmentBytes } }
    }

    /// Whether content is being shed, or would be: time matters then.
    var isPressed: Bool { reduce != nil && files.catalog.with { $0.usedBytes - $0.reservedBytes } > pressure }

    /// Does the next thing there is to do; false when there is nothing. `goesOn` is asked between frames.
    func step(goesOn: () -> Bool = { true }) -> Bool {
        let started = files.clock.bootNanoseconds()
        look(started)
        if let segment = nextToShed(started) { return rewrite(segment, reduce, goesOn) }
        if let segment = nextToCompress(started) { return rewrite(segment, nil, goesOn) }
        return false
    }

    private var pressure: Int { files.options.maxBytes / 5 * 4 }

    private func look(_ now: UInt64) {
        let closed = files.catalog.with { $0.segments.filter(\.isClosed).map(\.firstSequence) }
        var since: [UInt64: UInt64] = [:]
        for first in closed { since[first] = closedSince[first] ?? now }
        closedSince = since
        compressed.formIntersection(closed)
        shed.formIntersection(closed)
        retryAt = retryAt.filter { since[$0.key] != nil && $0.value > now }
    }

    private func nextToShed(_ now: UInt64) -> SegmentInfo? {
        guard isPressed else { return nil }
        // What everybody has goes before what somebody has to miss a part of.
        let spare = files.options.maxBytes - pressure
        files.room.freeHistory(for: spare - SpoolOptions.margin)
        guard isPressed else { return nil }
        return files.catalog.with { state in
            state.segments.first {
                $0.isClosed && $0.payloadBytes > 0 && !shed.contains($0.firstSequence) && retryAt[$0.firstSequence] == nil
            }
        }
    }

    private func nextToCompress(_ now: UInt64) -> SegmentInfo? {
        let age = UInt64(max(files.options.compressAfter / .nanoseconds(1), 0))
        return files.catalog.with { state in
            state.segments.first { segment in
                segment.isClosed && segment.fileBytes >= Self.leastBytes && !compressed.contains(segment.firstSequence)
                    && retryAt[segment.firstSequence] == nil && closedSince[segment.firstSequence].map { now - $0 >= age } ?? false
            }
        }
    }

    /// True when it is worth asking again at once.
    private func rewrite(_ segment: SegmentInfo, _ reduce: ContentReduction?, _ goesOn: () -> Bool) -> Bool {
        guard let extra = reserve(segment.fileBytes) else { return setAside(segment) }
        defer { files.catalog.with { $0.reservedBytes -= extra } }
        let first = segment.firstSequence
        do throws(DiskError) {
            let outcome = try withoutActuallyEscaping(goesOn) { goesOn throws(DiskError) in
                try SegmentRewriting(
                    disk: files.disk,
                    paths: files.paths,
                    catalog: files.catalog,
                    logID: files.identity.logID,
                    keys: files.options.keys,
                    compressor: compressor,
                    reduce: reduce,
                    goesOn: goesOn
                ).run(first)
            }
            switch outcome {
            case .replaced, .pointless:
                // What has been shed has been compressed in passing.
                if reduce != nil { shed.insert(first) }
                compressed.insert(first)
            case .unfit:
                shed.insert(first)
                compressed.insert(first)
            case .interrupted:
                return goesOn()
            }
            return true
        } catch {
            files.catalog.with { $0.maintenance.failures += 1 }
            return setAside(segment)
        }
    }

    private func setAside(_ segment: SegmentInfo) -> Bool {
        retryAt[segment.firstSequence] = files.clock.bootNanoseconds() + Self.retryNanoseconds
        return true
    }

    /// Keeps room for a copy of `bytes` bytes beyond what is kept anyway; nil when there is none.
    private func reserve(_ bytes: Int) -> Int? {
        let standing = reduce == nil ? 0 : files.options.effectiveSegmentBytes
        let extra = max(0, bytes - standing)
        return files.catalog.with { state in
            guard extra == 0 || state.usedBytes + extra + SpoolOptions.margin <= files.options.maxBytes else { return nil }
            state.reservedBytes += extra
            return extra
        }
    }
}
