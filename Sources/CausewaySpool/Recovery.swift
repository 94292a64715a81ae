internal import CausewayPlatform

/// Finds out at start what the log holds. Sealed segments are taken at the word of the index or of their footer; only what has none is read.
struct Recovery {
    let disk: any Disk
    let paths: SpoolPaths
    /// Log ids that cursors name, for the case that a segment's head is damaged.
    let knownLogIDs: [UInt64]
    let wallNanoseconds: UInt64
    /// Where what is cut off is copied to; nil when nobody is to have it.
    var damage: DamageKeep?
    var keys = SpoolKeys()
    /// Whether sealed segments may be taken at the word of the index.
    var usesIndex = true

    struct Found: Equatable {
        var identity: LogIdentity?
        var segments: [SegmentInfo] = []
        var books = Totals()
        var marks: [String: Mark] = [:]
        /// What has come from other logs, as a checkpoint says and the footers behind it.
        var origins = OriginItems()
        var originsUpTo: UInt64 = 0
        var lastSequence: UInt64 = 0
        var damage = DamageCount()
        /// Bytes cut off behind the last whole commit group: what was being written when the bridge ended.
        var tornBytes = 0
        /// Keys without which the books could not be counted where no footer tells them.
        var missingKeys: Set<UInt64> = []
        /// Segments of which the index does not say what they are now.
        var unindexed = 0
    }

    func run() throws(SpoolError) -> Found {
        let firsts: [UInt64]
        do throws(DiskError) {
            firsts = try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
        } catch {
            throw .disk(error)
        }
        if let newest = firsts.last { try refuseNewer([newest]) }
        let known: LogIdentity?
        do throws(DiskError) {
            known = try identity(firsts)
        } catch {
            throw .disk(error)
        }
        let state = StateFile(disk: disk, paths: paths, logID: known?.logID ?? 0, keys: keys)
        let index = usesIndex && known != nil ? SegmentIndex(state.load(SegmentIndex.name), paths: paths) : SegmentIndex([])
        var stamps: [UInt64: FileStamp] = [:]
        if known != nil { for first in firsts { stamps[first] = try? disk.stamp(paths.segment(first)) } }
        try refuseNewer(firsts.filter { index[$0]?.info.stamp == nil || index[$0]?.info.stamp != stamps[$0] })
        do throws(DiskError) {
            var found = Found()
            found.identity = known
            guard let identity = found.identity else {
                for first in firsts { try discard(paths.segment(first), into: &found) }
                return found
            }
            (found.origins, found.originsUpTo) = CoveredCheckpoint.read(state.load(CoveredCheckpoint.name))
            try take(try inventory(firsts, stamps, index, identity: identity, into: &found), index, identity: identity, into: &found)
            return found
        } catch {
            throw .disk(error)
        }
    }

    /// The newest segment is always read: its head repeats all that is before it.
    private func take(_ files: [SegmentFile], _ index: SegmentIndex, identity: LogIdentity, into found: inout Found) throws(DiskError) {
        let isNewestWhole = if let newest = files.last { try head(of: newest) != nil } else { false }
        // The segment before, when it is what the index says of it.
        var isAsBefore: UInt64?
        for (number, file) in files.enumerated() {
            let isLast = number + 1 == files.count
            if !file.isIndexed { found.unindexed += 1 }
            if file.isIndexed, !isLast, isNewestWhole, let entry = index[file.first], isAsBefore == entry.previous,
                !entry.info.holdsOrigins || entry.info.lastSequence <= found.originsUpTo
            {
                found.books += entry.info.books
                found.lastSequence = max(found.lastSequence, entry.info.lastSequence)
                found.segments.append(entry.info)
                isAsBefore = file.first
                continue
            }
            try take(file, before: isLast ? .max : files[number + 1].first, isLast: isLast, identity: identity, into: &found)
            let taken = found.segments.last
            let says = index[file.first]
            isAsBefore = says != nil && taken?.firstSequence == file.first && taken?.books == says?.info.books ? file.first : nil
        }
    }

    private func head(of segment: SegmentFile) throws(DiskError) -> SegmentHead? {
        if !segment.isIndexed { return segment.head }
        let file = try open(segment.path)
        return try SegmentScan.head(file: file, length: try file.length())
    }

    /// Throws when a segment was written by a version whose frames this one does not know: it would take them for damage.
    func refuseNewer(_ firsts: [UInt64]) throws(SpoolError) {
        for first in firsts {
            let path = paths.segment(first)
            let version: UInt8?
            do throws(DiskError) {
                version = try SegmentScan.newerVersion(file: open(path))
            } catch {
                if error.isMissing { continue }
                throw .disk(error)
            }
            if let version {
                let known = FrameHeader.version
                throw .unreadable(path: path, reason: "written by a newer version (segment format \(version), this one knows \(known))")
            }
        }
    }

    /// A sector that cannot be read costs what is in it.
    private func open(_ path: String) throws(DiskError) -> SalvagedFile { SalvagedFile(try disk.open(path, .read)) }

    /// Which log this is, from the newest head that can be trusted.
    func identity(_ firsts: [UInt64]) throws(DiskError) -> LogIdentity? {
        var doubtful: [LogIdentity] = []
        for first in firsts.reversed() {
            let file = try open(paths.segment(first))
            let length = try file.length()
            if let head = try SegmentScan.head(file: file, length: length) {
                return LogIdentity(logID: head.logID, instanceID: head.instanceID)
            }
            doubtful += try SegmentScan.doubtfulIdentities(file: file, length: length)
        }
        // Every head is damaged: an id counts when the frames behind it have been sealed with it.
        let instance = doubtful.first?.instanceID ?? [UInt8](repeating: 0, count: 16)
        for candidate in doubtful.map(\.logID) + knownLogIDs {
            for first in firsts {
                let file = try open(paths.segment(first))
                let scan = try SegmentScan.run(
                    file: file,
                    length: try file.length(),
                    logID: candidate,
                    firstSequence: first,
                    before: .max,
                    mayBeTorn: false
                )
                if scan.footer.frames.contains(where: { $0.key != FrameKind.head.rawValue }) {
                    return LogIdentity(logID: candidate, instanceID: instance)
                }
            }
        }
        return nil
    }

    /// Cuts off what the newest segment so far holds behind its end, where that begins with a frame of `sequence` at least: it was refused,
    /// and must not come back when the file is gone that says so. False when the disk would not.
    private func cutOffRefused(from sequence: UInt64, _ found: inout Found) -> Bool {
        guard let segment = found.segments.last, segment.readableBytes < segment.fileBytes else { return true }
        do throws(DiskError) {
            let file = try disk.open(segment.path, .readWrite)
            var scanner = FrameScanner(
                file: file,
                logID: found.identity?.logID ?? 0,
                offset: segment.readableBytes,
                end: segment.fileBytes
            )
            guard let header = try scanner.header(), header.sequence >= sequence, try scanner.payload(of: header) != nil else {
                return true
            }
            try file.truncate(to: segment.readableBytes)
            try file.sync()
        } catch {
            return false
        }
        found.segments[found.segments.count - 1].fileBytes = segment.readableBytes
        return true
    }

    /// A file without one frame that can be read: from a start that never got to its first commit.
    private func discard(_ path: String, into found: inout Found) throws(DiskError) {
        let file = try open(path)
        let length = try file.length()
        // Read once more for what may be nothing but a failing device.
        _ = try file.readAll(length, at: 0)
        if file.isImpaired { throw DiskError(operation: "read", path: path, code: DiskError.inputOutputCode) }
        found.tornBytes += length
        if let first = SpoolPaths.firstSequence(ofSegmentNamed: String(path.split(separator: "/").last ?? "")) {
            damage?.keep(0..<length, of: file, segment: first)
        }
        try disk.unlink(path)
    }

    /// A segment's file, by the sequence it begins with: as its head says or, where that does not hold, its name.
    private struct SegmentFile {
        var first: UInt64
        var path: String
        /// Not read where the index knows the file.
        var head: SegmentHead?
        var stamp: FileStamp?
        var isIndexed = false
    }

    /// The log's files in its order, whatever they are called. A copy of another, or a file of another log, does not belong here: it is
    /// left alone and read by nobody.
    private func inventory(
        _ names: [UInt64],
        _ stamps: [UInt64: FileStamp],
        _ index: SegmentIndex,
        identity: LogIdentity,
        into found: inout Found
    ) throws(DiskError) -> [SegmentFile] {
        var files: [UInt64: SegmentFile] = [:]
        // Those with their own names first: of two that are alike, one of them is what it says.
        var misnamed: [SegmentFile] = []
        for name in names {
            let path = paths.segment(name)
            if let stamp = stamps[name], stamp == index[name]?.info.stamp {
                files[name] = SegmentFile(first: name, path: path, stamp: stamp, isIndexed: true)
                continue
            }
            let file = try open(path)
            let head = try SegmentScan.head(file: file, length: try file.length())
            if let head, head.logID != identity.logID {
                try leaveAlone(file, into: &found)
            } else if let head, head.firstSequence != name {
                misnamed.append(SegmentFile(first: head.firstSequence, path: path, head: head))
            } else if name == 0 {
                // No sequence is 0, and nothing else says where it belongs.
                try leaveAlone(file, into: &found)
            } else {
                files[name] = SegmentFile(first: name, path: path, head: head, stamp: stamps[name])
            }
        }
        for file in misnamed {
            if files[file.first] == nil {
                files[file.first] = file
            } else {
                try leaveAlone(try open(file.path), into: &found)
            }
        }
        return files.values.sorted { $0.first < $1.first }
    }

    private func leaveAlone(_ file: any DiskFile, into found: inout Found) throws(DiskError) {
        found.damage.stretches += 1
        found.damage.bytes += try file.length()
    }

    private func take(
        _ segment: SegmentFile,
        before limit: UInt64,
        isLast: Bool,
        identity: LogIdentity,
        into found: inout Found
    ) throws(DiskError) {
        let (first, path) = (segment.first, segment.path)
        let head = try head(of: segment)
        let file = try open(path)
        let length = try file.length()
        var footer: SegmentFooter
        var readable = length
        var fileBytes = length
        var (isSealed, stamp) = (false, FileStamp?.none)
        if let sealed = try SegmentScan.footer(file: file, length: length, logID: identity.logID) {
            footer = sealed
            isSealed = true
            if segment.isIndexed { stamp = segment.stamp }
        } else {
            let scan = try SegmentScan.run(
                file: file,
                length: length,
                logID: identity.logID,
                firstSequence: first,
                before: limit,
                mayBeTorn: isLast,
                form: StoredForm(keys: keys, keyID: head?.keyID)
            )
            found.missingKeys.formUnion(scan.missingKeys)
            footer = scan.footer
            readable = scan.keptEnd
            found.damage.stretches += scan.damage.stretches
            found.damage.bytes += scan.damage.bytes
            found.damage.frames += scan.damage.frames
            if readable == 0 {
                // Its name is what says that frames at the end of the segment before were refused.
                guard cutOffRefused(from: first, &found) else { return }
                return try discard(path, into: &found)
            }
            if isLast && file.isImpaired {
                // What could not be read may come back: nothing is cut off, and its sequences are not given to others.
                footer.lastSequence += Self.sequencesLeftOut
            } else if isLast && scan.missingKeys.isEmpty {
                // A footer that leaves out what the ledger says would be believed for good.
                found.tornBytes += length - readable
                if readable < length { damage?.keep(readable..<length, of: file, segment: first) }
                readable = close(path, footer: &footer, scan, identity: identity)
                fileBytes = (try? file.length()) ?? max(length, readable)
                if readable > scan.keptEnd { (isSealed, stamp) = (true, try? disk.stamp(path)) }
            }
        }
        var missingBefore = Totals()
        var isInOrder = head != nil && path == paths.segment(first)
        if let head {
            if !found.segments.isEmpty && head.booksBefore != found.books { isInOrder = false }
            let difference = head.booksBefore.items - found.books.items
            // What went before the oldest segment was given up, not lost.
            if !found.segments.isEmpty { missingBefore = difference.filter { difference.counts[$0, default: 0] > 0 } }
            found.books = head.booksBefore
        }
        found.books += footer.books
        found.marks.take(head?.marksBefore ?? [:])
        found.marks.take(footer.marks)
        if footer.lastSequence > found.originsUpTo {
            found.origins.insert(footer.origins)
            found.origins.forget(beyond: CoveredOrigins.limit)
        }
        found.lastSequence = max(found.lastSequence, footer.lastSequence)
        found.segments.append(
            SegmentInfo(
                path: path,
                firstSequence: first,
                lastSequence: footer.lastSequence,
                lastItemSequence: footer.lastItemSequence,
                readableBytes: readable,
                fileBytes: fileBytes,
                payloadBytes: Int(footer.payloadBytes),
                books: footer.books,
                firstReceivedNanoseconds: footer.firstReceivedNanoseconds,
                lastReceivedNanoseconds: footer.lastReceivedNanoseconds,
                keyID: head?.keyID,
                isClosed: true,
                missingBefore: missingBefore,
                isSealed: isSealed,
                stamp: stamp,
                holdsOrigins: !footer.origins.isEmpty,
                isInOrder: isInOrder
            )
        )
    }

    /// More frames than a segment holds.
    private static let sequencesLeftOut: UInt64 = 1 << 24

    /// Cuts off what is torn and writes the footer that the last run did not get to. A disk that would not take it loses nothing:
    /// the next start reads the segment again.
    private func close(_ path: String, footer: inout SegmentFooter, _ scan: SegmentScan, identity: LogIdentity) -> Int {
        let keptEnd = scan.keptEnd
        do throws(DiskError) {
            let file = try disk.open(path, .readWrite)
            try file.truncate(to: keptEnd)
            // The last write is done again: where its sync failed, the system has the bytes, takes them for clean, and never writes them.
            let start = min(scan.unsyncedStart, keptEnd)
            try file.writeAll([try file.readAll(keptEnd - start, at: start)], at: start)
            // Apart from the footer, so that a crash leaves nothing torn behind it.
            try file.sync()
            let payload = footer.payload(frameOffset: keptEnd)
            var header = FrameHeader(kind: .footer, sequence: footer.lastSequence + 1, payloadLength: payload.count)
            header.flags = .afterSync
            header.receivedNanoseconds = wallNanoseconds
            let frame = header.encoded(logID: identity.logID, payload: payload) + payload
            try file.writeAll([frame], at: keptEnd)
            try file.sync()
            footer.lastSequence += 1
            return keptEnd + frame.count
        } catch {
            return keptEnd
        }
    }
}
