internal import CausewayPlatform

/// What one file of notes holds, read without touching it.
package struct NotesInspection: Sendable {
    package var name: String
    /// First sequence of the segment beside which it lies.
    package var segment: UInt64
    package var bytes: Int
    /// Whose notes they are; nil when its head does not hold.
    package var deriver: String?
    /// Notes that a mark covers; counted where everything was read.
    package var notes = 0
    /// Bytes at the end that no mark covers: being written, or left by a crash.
    package var uncoveredBytes = 0
    /// Stretches that hold no intact frame.
    package var damaged: [Range<Int>] = []
    /// Frames that are intact and cannot be read for want of a key, by its number; 0 where nothing says which.
    package var locked: [UInt64: Int] = [:]
    /// Frames whose checksum holds and whose payload does not open all the same.
    package var unopenable: [Range<Int>] = []
    /// Whether its segment is there.
    package var hasSegment = true
    /// Whether it belongs to another log.
    package var isAlien = false

    /// Nil when the file is gone.
    init?(
        disk: any Disk,
        path: String,
        name: String,
        segment: UInt64,
        logID: UInt64,
        keys: SpoolKeys,
        marks: [String: Mark],
        depth: InspectionDepth
    ) throws(DiskError) {
        self.name = name
        self.segment = segment
        do throws(DiskError) {
            let file = try disk.open(path, .read)
            bytes = try file.length()
            let head = try NotesFile.identity(file)
            deriver = head?.deriver
            isAlien = head.map { $0.logID != logID } ?? false
            if depth == .everything && !isAlien { try read(file, logID: logID, keys: keys, marks: marks) }
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private mutating func read(_ file: any DiskFile, logID: UInt64, keys: SpoolKeys, marks: [String: Mark]) throws(DiskError) {
        var walk = NotesWalk(file: file, logID: logID, end: bytes, keys: keys)
        // Without a head nobody knows which mark counts; what is intact is kept.
        let limit = deriver.map { marks[$0]?.number ?? 0 } ?? .max
        var covered = 0
        while let frame = try walk.next(upTo: limit) {
            if frame.header.kind == .mark {
                covered = walk.offset
                continue
            }
            do throws(StoredFormError) {
                _ = try walk.payload(frame)
                notes += Int(frame.header.items)
            } catch .missingKey(let id) {
                notes += Int(frame.header.items)
                locked[id, default: 0] += 1
            } catch {
                unopenable.append(frame.offset..<walk.offset)
            }
        }
        damaged = walk.damaged
        uncoveredBytes = bytes - max(covered, min(bytes, damaged.last?.upperBound ?? 0))
    }

    func findings() -> [SpoolFinding] {
        func finding(_ severity: SpoolFinding.Severity, _ problem: String) -> SpoolFinding {
            SpoolFinding(severity: severity, place: "log/\(name)", problem: problem)
        }
        if isAlien { return [finding(.note, "belongs to another log; nobody reads it")] }
        if !hasSegment { return [finding(.note, "its segment is gone; the next start removes it")] }
        if bytes == 0 { return [] }
        var findings: [SpoolFinding] = []
        if deriver == nil {
            findings.append(finding(.error, "its head does not hold; repair writes it again where it is known whose it is"))
        }
        if !damaged.isEmpty {
            let bytes = damaged.reduce(0) { $0 + $1.count }
            let stretches = SpoolInspection.counted(damaged.count, "damaged stretch", "damaged stretches")
            findings.append(finding(.error, "\(stretches), \(bytes) bytes of notes are lost; repair copies them aside and keeps the rest"))
        }
        if !unopenable.isEmpty {
            let frames = SpoolInspection.counted(unopenable.count, "frame", "frames")
            let problem = "\(frames) of notes cannot be decrypted, though the checksum holds; repair copies them aside and keeps the rest"
            findings.append(finding(.error, problem))
        }
        for (id, count) in locked.sorted(by: { $0.key < $1.key }) { findings.append(finding(.note, SpoolInspection.locked(count, id))) }
        if uncoveredBytes > 0 { findings.append(finding(.note, "\(uncoveredBytes) bytes at its end are covered by no mark")) }
        return findings
    }
}

/// What a file in `state/` is.
package struct CheckpointInspection: Sendable {
    package var name: String
    package var bytes: Int
    /// Nil when it does not hold.
    package var contents: Checkpoint?
    /// Without it nobody can say whether it holds.
    package var missingKey: UInt64?

    package var sequence: UInt64? { contents?.sequence }
}

extension SpoolInspection {
    /// The newest mark of each deriver, by its name.
    package var marks: [String: Mark] {
        segments.filter { $0.isOwn }.reduce(into: [:]) { marks, segment in
            marks.take(segment.head?.marksBefore ?? [:])
            marks.take((segment.footer ?? segment.contents).marks)
        }
    }

    mutating func readNotes(_ names: [String], _ paths: SpoolPaths, depth: InspectionDepth, disk: any Disk) throws(DiskError) {
        let marks = marks
        for name in names.sorted() {
            guard let segment = SpoolPaths.firstSequence(ofNotesNamed: name) else { continue }
            var found = try NotesInspection(
                disk: disk,
                path: paths.log + "/" + name,
                name: name,
                segment: segment,
                logID: identity?.logID ?? 0,
                keys: keys,
                marks: marks,
                depth: depth
            )
            found?.hasSegment = segments.contains { $0.isOwn && $0.firstSequence == segment }
            if let found { notes.append(found) }
        }
    }

    mutating func readCheckpoints(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) {
        let names: [String]
        do throws(DiskError) {
            names = try disk.list(paths.state)
        } catch {
            guard error.isMissing else { throw error }
            return
        }
        let state = StateFile(disk: disk, paths: paths, logID: identity?.logID ?? 0, keys: keys)
        for name in names.filter(SpoolPaths.isReaderName).sorted() {
            let bytes = (try? disk.allocatedBytes(paths.state(name))) ?? 0
            let (contents, key) = (state.load(name), state.missingKey(name))
            checkpoints.append(CheckpointInspection(name: name, bytes: bytes, contents: contents, missingKey: key))
        }
    }

    var derivedFindings: [SpoolFinding] {
        var findings = notes.flatMap { $0.findings() }
        for checkpoint in checkpoints where checkpoint.sequence == nil {
            let problem =
                checkpoint.missingKey.map { "encrypted with key \(SpoolKey.name($0)) and was not read; give it with --key-file" }
                ?? "does not hold, or is another log's; it is made anew from the log"
            findings.append(SpoolFinding(severity: .note, place: "state/\(checkpoint.name)", problem: problem))
        }
        for mark in marks.values.sorted(by: { $0.deriver < $1.deriver }) where mark.sequence > lastSequence {
            let problem = "the mark of \(mark.deriver) is at \(mark.sequence), the log ends at \(lastSequence): newest segments are missing"
            findings.append(SpoolFinding(severity: .note, place: "log", problem: problem))
        }
        return findings
    }
}
