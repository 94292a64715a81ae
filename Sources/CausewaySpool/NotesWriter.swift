internal import CausewayPlatform

/// Writes the notes of one deriver beside the segments they speak of. Used from one thread.
///
/// Notes are on stable storage before the mark that covers them is written. When that mark does not come to be, they are taken back before
/// anything else is written: their number will be given again.
final class NotesWriter {
    private let disk: any Disk
    private let clock: any Clock
    private let paths: SpoolPaths
    private let options: SpoolOptions
    private let catalog: Catalog
    private let room: Room
    private let logID: UInt64
    private let form: StoredForm
    private let deriver: String
    /// What no head says whose it is belongs to who settles.
    private let settles: Bool
    /// Files that were written lately, by the first sequence of their segment.
    private var open: [UInt64: OpenFile] = [:]
    /// Files that hold, or may hold, more than is covered by a mark.
    private var unsettled: Set<UInt64> = []
    /// By file: where it ended before the notes that are not covered yet.
    private var before: [UInt64: (end: Int, ordinal: UInt32)] = [:]

    private struct OpenFile {
        var file: any DiskFile
        var end: Int
        /// Of the next frame.
        var ordinal: UInt32
        var isNamed: Bool
        var lastUse: UInt64
    }

    private static let maxOpen = 16

    init(files: SpoolFiles, deriver: String, settles: Bool) {
        self.settles = settles
        disk = files.disk
        clock = files.clock
        paths = files.paths
        options = files.options
        catalog = files.catalog
        room = files.room
        logID = files.identity.logID
        form = StoredForm(keys: files.options.keys, keyID: files.options.keys.current?.id ?? 0)
        self.deriver = deriver
    }

    /// Takes back what an earlier run of this deriver wrote behind its last mark; others' notes are none of its business.
    func recover() throws(SpoolError) {
        let limit = catalog.with { $0.marks[deriver]?.number ?? 0 }
        for (segment, info) in catalog.with({ $0.notes }).sorted(by: { $0.key < $1.key }) {
            do throws(DiskError) {
                let file = try disk.open(info.path, .readWrite)
                let length = try file.length()
                if let owner = try NotesFile.identity(file)?.deriver { if owner != deriver { continue } } else if !settles { continue }
                if let tail = try NotesFile.tail(file, length: length, logID: logID), tail.number <= limit { continue }
                let (end, ordinal) = try whole(file, length: length, upTo: limit)
                try file.truncate(to: end)
                try file.sync()
                catalog.with { $0.setNotes(of: segment, end: end, bytes: end) }
                remember(segment, OpenFile(file: file, end: end, ordinal: ordinal, isNamed: true, lastUse: limit))
            } catch {
                if error.isMissing { continue }
                throw .disk(error)
            }
        }
    }

    /// Where the last whole batch ends whose mark has come to be; 0 when the file is not even this deriver's.
    private func whole(_ file: any DiskFile, length: Int, upTo limit: UInt64) throws(DiskError) -> (end: Int, ordinal: UInt32) {
        var walk = NotesWalk(file: file, logID: logID, end: length)
        var kept: (end: Int, ordinal: UInt32) = (0, 0)
        while let frame = try walk.next(upTo: limit) {
            if frame.header.kind == .mark { kept = (walk.offset, frame.header.origin!.firstItem + 1) }
        }
        return walk.deriver == deriver || walk.deriver == nil ? kept : (0, 0)
    }

    /// Makes the notes durable; they count when the mark does. Notes on frames that are gone are left out.
    func write(_ notes: [NoteDraft], mark: Mark, settled: UInt64) throws(SpoolError) {
        precondition(unsettled.isEmpty, "what failed before is taken back first")
        var bySegment: [UInt64: [NoteDraft]] = [:]
        catalog.with { state in
            for note in notes {
                guard let segment = state.segment(holding: note.sequence) else { continue }
                bySegment[segment, default: []].append(note)
            }
        }
        for (segment, notes) in bySegment.sorted(by: { $0.key < $1.key }) {
            try write(notes, beside: segment, mark: mark, settled: settled)
        }
    }

    private func write(_ notes: [NoteDraft], beside segment: UInt64, mark: Mark, settled: UInt64) throws(SpoolError) {
        let path = paths.notes(segment)
        var isRefused = false
        do throws(DiskError) {
            var file = try openFile(segment, path)
            let wall = clock.wallNanoseconds()
            var bytes = file.end == 0 ? head(of: segment, wall) : []
            let first = file.end == 0 ? 1 : file.ordinal
            let batch = NotesFile.batch(
                notes,
                mark: mark,
                settled: settled,
                ordinal: first,
                logID: logID,
                wallNanoseconds: wall,
                form: form
            )
            bytes += batch.bytes
            // Counted before it is there, so that the limit holds at every moment.
            switch reserve(bytes.count, beside: segment, path: path, end: file.end) {
            case .gone: return forget(segment)
            case .refused: isRefused = true
            case .granted:
                before[segment] = (file.end, file.ordinal)
                unsettled.insert(segment)
                try file.file.writeAll([bytes], at: file.end)
                try file.file.sync()
                if !file.isNamed { try disk.syncDirectory(paths.log) }
                file = OpenFile(
                    file: file.file,
                    end: file.end + bytes.count,
                    ordinal: first + batch.frames,
                    isNamed: true,
                    lastUse: mark.number
                )
                remember(segment, file)
                let isThere = catalog.with { state in
                    state.setNotes(of: segment, end: file.end, bytes: file.end)
                    return state.hasSegment(segment)
                }
                // Given up meanwhile: who gave it up may not have seen this file yet.
                if !isThere { forget(segment) }
            }
        } catch {
            throw error.isNoSpace ? .full(reason: "the disk is full (\(error))") : .disk(error)
        }
        if isRefused { throw .full(reason: "the spool holds its \(options.maxBytes) bytes (spool.max_bytes)") }
    }

    private func head(of segment: UInt64, _ wallNanoseconds: UInt64) -> [UInt8] {
        NotesFile.head(logID: logID, segment: segment, deriver: deriver, wallNanoseconds: wallNanoseconds, keyID: form.keyID ?? 0)
    }

    private enum Reservation { case granted, refused, gone }

    private func reserve(_ bytes: Int, beside segment: UInt64, path: String, end: Int) -> Reservation {
        let first = tryReserve(bytes, beside: segment, path: path, end: end)
        guard case .refused = first else { return first }
        room.freeHistory(for: bytes)
        return tryReserve(bytes, beside: segment, path: path, end: end)
    }

    private func tryReserve(_ bytes: Int, beside segment: UInt64, path: String, end: Int) -> Reservation {
        catalog.with { state in
            guard state.hasSegment(segment) else { return .gone }
            // Half of what is kept free below the limit: while nothing is settled, nothing is delivered and can be given up.
            guard state.usedBytes + state.committingBytes + bytes + SpoolOptions.margin / 2 <= options.maxBytes else { return .refused }
            state.reserveNotes(of: segment, path: path, end: end, bytes: bytes)
            return .granted
        }
    }

    /// The mark has come to be: what was written for it counts.
    func settle() {
        unsettled = []
        before = [:]
    }

    /// Takes back what no mark covers. Until that has succeeded nothing may be written.
    func rollBack() throws(SpoolError) {
        for segment in unsettled.sorted() {
            let (end, ordinal) = before[segment]!
            do throws(DiskError) {
                let known = self.open[segment]?.file
                let file = if let known { known } else { try disk.open(paths.notes(segment), .readWrite) }
                try file.truncate(to: end)
                try file.sync()
                remember(segment, OpenFile(file: file, end: end, ordinal: ordinal, isNamed: end > 0, lastUse: .max))
                catalog.with { $0.setNotes(of: segment, end: end, bytes: end) }
            } catch {
                throw .disk(error)
            }
            unsettled.remove(segment)
            before[segment] = nil
            if !catalog.with({ $0.hasSegment(segment) }) { forget(segment) }
        }
    }

    // MARK: Files

    private func openFile(_ segment: UInt64, _ path: String) throws(DiskError) -> OpenFile {
        if let known = open[segment] { return known }
        let file = try disk.open(path, .readWrite)
        let length = try file.length()
        var opened = OpenFile(file: file, end: 0, ordinal: 0, isNamed: false, lastUse: 0)
        if length > 0 {
            // `recover` has left every file whole; one that has been damaged since is gone on with behind what holds.
            if let tail = try NotesFile.tail(file, length: length, logID: logID) {
                opened = OpenFile(file: file, end: length, ordinal: tail.ordinal + 1, isNamed: true, lastUse: 0)
            } else {
                let (end, ordinal) = try whole(file, length: length, upTo: .max)
                opened = OpenFile(file: file, end: end, ordinal: ordinal, isNamed: true, lastUse: 0)
            }
        }
        remember(segment, opened)
        return opened
    }

    private func remember(_ segment: UInt64, _ file: OpenFile) {
        open[segment] = file
        guard open.count > Self.maxOpen else { return }
        let old = open.filter { !unsettled.contains($0.key) && $0.key != segment }.min { $0.value.lastUse < $1.value.lastUse }
        if let old { open[old.key] = nil }
    }

    private func forget(_ segment: UInt64) {
        open[segment] = nil
        unsettled.remove(segment)
        before[segment] = nil
        do throws(DiskError) {
            try disk.unlink(paths.notes(segment))
        } catch {
            // The next start removes what belongs to no segment; until then it is counted.
            if !error.isMissing { return }
        }
        catalog.with { $0.dropNotes(of: segment) }
    }
}
