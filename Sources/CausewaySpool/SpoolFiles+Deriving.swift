internal import CausewayPlatform

// The files of derivers: notes beside segments, checkpoints in `state/`.
extension SpoolFiles {
    /// Finds out which notes and checkpoints there are. What a crash left of them, and notes whose segment is gone, goes.
    func takeStockOfDerived() throws(SpoolError) {
        do throws(DiskError) {
            for name in try disk.list(paths.log) {
                guard let segment = SpoolPaths.firstSequence(ofNotesNamed: name) else { continue }
                try takeStock(ofNotes: paths.log + "/" + name, segment)
            }
            for name in try disk.list(paths.state) {
                if SpoolPaths.isReaderName(name) {
                    let bytes = try disk.allocatedBytes(paths.state(name))
                    catalog.with { $0.stateBytes[name] = bytes }
                } else if name.hasPrefix("."), name.hasSuffix(".new") {
                    try disk.unlink(paths.state(name))
                }
            }
        } catch {
            throw .disk(error)
        }
    }

    private func takeStock(ofNotes path: String, _ segment: UInt64) throws(DiskError) {
        let file = try disk.open(path, .read)
        let length = try file.length()
        if catalog.with({ $0.hasSegment(segment) }) {
            catalog.with { state in
                state.notes[segment] = NotesInfo(path: path, end: length, bytes: length)
                state.noteBytes += length
            }
        } else if let head = try NotesFile.identity(file), head.logID != identity.logID {
            // Of another log, like the segment beside it: left alone.
            catalog.with { $0.otherBytes += length }
        } else {
            try disk.unlink(path)
        }
    }

    /// Nil when there is none, when it does not hold, or when it speaks of frames that the log has not.
    func checkpoint(_ name: String) -> Checkpoint? {
        guard let found = state.load(name) else { return nil }
        return found.sequence <= catalog.with { $0.lastSequence } ? found : nil
    }

    /// The key without which the checkpoint cannot be read; nil when it can, or does not hold.
    func missingKey(ofCheckpoint name: String) -> UInt64? { state.missingKey(name) }

    private var state: StateFile { StateFile(disk: disk, paths: paths, logID: identity.logID, keys: options.keys) }

    /// Puts the checkpoint in place of the one before; durable when it returns. When it fails the one before stays.
    func save(_ checkpoint: Checkpoint, as name: String) throws(SpoolError) {
        precondition(SpoolPaths.isReaderName(name), "a name is a file's name")
        let file = state
        let bytes = file.encoded(checkpoint, as: name)
        let temporary = StateFile.temporary(name)
        // A small one may have half of what is kept free, as notes may: while it is not there, nothing behind the last one can be given up.
        let kept = bytes.count <= SpoolOptions.margin / 8 ? SpoolOptions.margin / 2 : SpoolOptions.margin
        let hasRoom = catalog.with { state in
            // What an attempt that failed has left is written over.
            let left = state.stateBytes[temporary] ?? 0
            guard state.usedBytes - left + state.committingBytes + bytes.count + kept <= options.maxBytes else {
                return false
            }
            state.stateBytes[temporary] = max(left, bytes.count)
            return true
        }
        guard hasRoom else { throw .full(reason: "the spool holds its \(options.maxBytes) bytes (spool.max_bytes)") }
        do throws(DiskError) {
            try file.replace(name, with: bytes)
        } catch {
            throw error.isNoSpace ? .full(reason: "the disk is full (\(error))") : .disk(error)
        }
        catalog.with { state in
            state.stateBytes[temporary] = nil
            state.stateBytes[name] = bytes.count
        }
    }

    /// Late notes that were made with marks behind number `number`.
    func lateNotes(after number: UInt64) throws(SpoolError) -> [StoredNote] {
        var found: [StoredNote] = []
        var missingKeys: Set<UInt64> = []
        for (segment, info) in catalog.with({ $0.notes }).sorted(by: { $0.key < $1.key }) {
            do throws(DiskError) {
                let file = try disk.open(info.path, .read)
                if let tail = try NotesFile.tail(file, length: info.end, logID: identity.logID), tail.number <= number { continue }
                guard let deriver = try NotesFile.identity(file)?.deriver else { continue }
                let limit = catalog.with { $0.marks[deriver]?.number ?? 0 }
                var walk = NotesWalk(file: file, logID: identity.logID, end: info.end, keys: options.keys)
                while let frame = try walk.next(upTo: limit) {
                    guard frame.number > number, frame.header.kind == .note, frame.header.signal != 0 else { continue }
                    do throws(StoredFormError) {
                        found += NotesFile.notes(frame.header, try walk.payload(frame))
                    } catch .missingKey(let id) {
                        missingKeys.insert(id)
                    } catch {
                        // Damaged: told where it is read with its frame, and by those who look.
                    }
                }
            } catch {
                // Given up meanwhile.
                if catalog.notes(of: segment) == nil, error.isMissing { continue }
                throw .disk(error)
            }
        }
        if !missingKeys.isEmpty { throw .unreadable(path: paths.log, reason: SpoolKeys.missing(missingKeys)) }
        return found
    }

    /// Keeps what has come from other logs, so that a start need not look for it in the whole log. Tried again later when it fails.
    func saveOrigins() {
        // In this order: the set has at least everything up to the sequence.
        let sequence = catalog.with { $0.lastSequence }
        guard let covered = catalog.origins.takeUnsaved() else { return }
        do throws(SpoolError) {
            try save(CoveredCheckpoint.checkpoint(covered, sequence: sequence), as: CoveredCheckpoint.name)
        } catch {
            catalog.origins.markUnsaved()
        }
    }
}
