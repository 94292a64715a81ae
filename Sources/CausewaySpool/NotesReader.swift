internal import CausewayPlatform

/// Reads the notes of one segment in step with its frames.
///
/// Memory does not grow with the segment: notes on a frame stand before the first mark that covers it, so only those are held that lie
/// between the frame that is asked for and that mark.
struct NotesReader {
    private let catalog: Catalog
    let segment: UInt64
    private var walk: NotesWalk
    /// Whose notes they are where the head does not say.
    private let assumedDeriver: String?
    /// What the last mark that was read covers.
    private var covered: UInt64 = 0
    private var held: [UInt64: [StoredNote]] = [:]
    private var damaged = 0
    /// Without it nothing more can be read: whoever reads has to begin anew when it is there.
    private(set) var missingKey: UInt64?
    /// Where reading has stopped because no mark covers what follows.
    private var stop: Stop?

    private struct Stop: Equatable {
        var end: Int
        var limit: UInt64
    }

    /// Nil when the segment has no notes at present.
    init?(disk: any Disk, catalog: Catalog, logID: UInt64, keys: SpoolKeys, segment: UInt64) throws(DiskError) {
        guard let info = catalog.notes(of: segment) else { return nil }
        self.catalog = catalog
        self.segment = segment
        assumedDeriver = catalog.with { state in state.derivers.first { $0.value.settles }?.key }
        do throws(DiskError) {
            walk = NotesWalk(file: try disk.open(info.path, .read), logID: logID, end: info.end, keys: keys)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        // Reads the head, and no note yet.
        _ = try walk.next(upTo: 0)
    }

    /// The notes on a frame, in the order in which they were made. Frames are asked for in their order.
    ///
    /// With `isIncludingLate`, those as well that were made when the frame was settled already, as far as there are any now.
    mutating func notes(on sequence: UInt64, isIncludingLate: Bool) throws(DiskError) -> [StoredNote] {
        if covered < sequence || isIncludingLate { try readAhead(until: sequence, isIncludingLate: isIncludingLate) }
        let notes = held.removeValue(forKey: sequence) ?? []
        return isIncludingLate ? notes : notes.filter { !$0.isLate }
    }

    private mutating func readAhead(until sequence: UInt64, isIncludingLate: Bool) throws(DiskError) {
        guard let info = catalog.notes(of: segment) else { return }
        let now = Stop(end: info.end, limit: limit)
        if stop == now { return }
        walk.goOn(to: info.end)
        while isIncludingLate || covered < sequence {
            let frame = try walk.next(upTo: now.limit)
            note(damage: walk.damaged)
            guard let frame else {
                stop = now
                return
            }
            if frame.header.kind == .mark {
                covered = max(covered, frame.header.sequence)
            } else if frame.header.sequence >= sequence, isIncludingLate || frame.header.signal == 0 {
                do throws(StoredFormError) {
                    held[frame.header.sequence, default: []] += NotesFile.notes(frame.header, try walk.payload(frame))
                } catch .missingKey(let id) {
                    missingKey = id
                    return
                } catch {
                    let bytes = frame.header.frameLength
                    catalog.with { state in
                        state.damage.stretches += 1
                        state.damage.bytes += bytes
                    }
                }
            }
        }
        // Frames that were not asked for, because they are passed.
        if held.count > 1024 { held = held.filter { $0.key >= sequence } }
    }

    /// The number of the newest durable mark.
    private var limit: UInt64 {
        guard let deriver = walk.deriver ?? assumedDeriver else { return 0 }
        return catalog.with { $0.marks[deriver]?.number ?? 0 }
    }

    private mutating func note(damage stretches: [Range<Int>]) {
        guard stretches.count > damaged else { return }
        let bytes = stretches[damaged...].reduce(0) { $0 + $1.count }
        let count = stretches.count - damaged
        damaged = stretches.count
        catalog.with { state in
            state.damage.stretches += count
            state.damage.bytes += bytes
        }
    }
}
