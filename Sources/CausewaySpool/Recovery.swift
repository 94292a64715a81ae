internal import CausewayPlatform

/// Finds out at start what the log holds. Sealed segments are taken at their footer's word; only what has none is read.
struct Recovery {
    let disk: any Disk
    let paths: SpoolPaths
    /// Log ids that cursors name, for the case that a segment's head is damaged.
    let knownLogIDs: [UInt64]
    let wallNanoseconds: UInt64
    /// Where what is cut off is copied to; nil when nobody is to have it.
    var damage: DamageKeep?
    var keys = SpoolKeys()

    struct Found {
        var identity: LogIdentity?
        var segments: [SegmentInfo] = []
        var books = Totals()
        var lastSequence: UInt64 = 0
        var damage = DamageCount()
        /// Bytes cut off behind the last whole commit group: what was being written when the bridge ended.
        var tornBytes = 0
        /// Keys without which the books could not be counted where no footer tells them.
        var missingKeys: Set<UInt64> = []
    }

    func run() throws(SpoolError) -> Found {
        let firsts: [UInt64]
        do throws(DiskError) {
            firsts = try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
        } catch {
            throw .disk(error)
        }
        try refuseNewer(firsts)
        do throws(DiskError) {
            var found = Found()
            found.identity = try identity(firsts)
            guard let identity = found.identity else {
                for first in firsts { try discard(paths.segment(first), into: &found) }
                return found
            }
            let files = try inventory(firsts, identity: identity, into: &found)
            for (index, file) in files.enumerated() {
                let isLast = index + 1 == files.count
                try take(file, before: isLast ? .max : files[index + 1].first, isLast: isLast, identity: identity, into: &found)
            }
            return found
        } catch {
            throw .disk(error)
        }
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
        var head: SegmentHead?
    }

    /// The log's files in its order, whatever they are called. A copy of another, or a file of another log, does not belong here: it is
    /// left alone and read by nobody.
    private func inventory(_ names: [UInt64], identity: LogIdentity, into found: inout Found) throws(DiskError) -> [SegmentFile] {
        var files: [UInt64: SegmentFile] = [:]
        // Those with their own names first: of two that are alike, one of them is what it says.
        var misnamed: [SegmentFile] = []
        for name in names {
            let path = paths.segment(name)
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
                files[name] = SegmentFile(first: name, path: path, head: head)
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
        let (first, path, head) = (segment.first, segment.path, segment.head)
        let file = try open(path)
        let length = try file.length()
        var footer: SegmentFooter
        var readable = length
        var fileBytes = length
        if let sealed = try SegmentScan.footer(file: file, length: length, logID: identity.logID) {
            footer = sealed
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
            if readable == 0 { return try discard(path, into: &found) }
            if isLast && file.isImpaired {
                // What could not be read may come back: nothing is cut off, and its sequences are not given to others.
                footer.lastSequence += Self.sequencesLeftOut
            } else if isLast && scan.missingKeys.isEmpty {
                // A footer that leaves out what the ledger says would be believed for good.
                found.tornBytes += length - readable
                if readable < length { damage?.keep(readable..<length, of: file, segment: first) }
                readable = close(path, footer: &footer, scan, identity: identity)
                fileBytes = (try? file.length()) ?? max(length, readable)
            }
        }
        var missingBefore = Totals()
        if let head {
            let difference = head.booksBefore.items - found.books.items
            // What went before the oldest segment was given up, not lost.
            if !found.segments.isEmpty { missingBefore = difference.filter { difference.counts[$0, default: 0] > 0 } }
            found.books = head.booksBefore
        }
        found.books += footer.books
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
                missingBefore: missingBefore
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
