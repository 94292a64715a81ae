package import CausewayPlatform

/// Reads a log from its first frame to its last without taking part in it: no lock, nothing written, also while a bridge works there.
package struct LogWalk {
    private let disk: any Disk
    private let paths: SpoolPaths

    /// Throws when `directory` holds no log.
    package init(directory: String, disk: any Disk = RealDisk()) throws(SpoolError) {
        self.disk = disk
        paths = SpoolPaths(directory: directory)
        do throws(DiskError) {
            _ = try disk.list(paths.log)
        } catch {
            throw error.isMissing ? .unreadable(path: directory, reason: "there is no spool") : .disk(error)
        }
    }

    /// Hands out every intact frame that holds items, oldest first, and returns what was found damaged on the way.
    ///
    /// A segment that is given up meanwhile is left out; what is being written at the end is not damage.
    package func frames<Failure: Error>(_ body: (StoredFrame) throws(Failure) -> Void) throws -> DamageCount {
        var damage = DamageCount()
        let firsts = try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
        for (index, first) in firsts.enumerated() {
            let isLast = index + 1 == firsts.count
            guard let file = try open(paths.segment(first)) else { continue }
            let length = try file.length()
            guard let head = try SegmentScan.head(file: file, length: length) else {
                if !isLast { damage.stretches += 1 }
                continue
            }
            var scanner = FrameScanner(file: file, logID: head.logID, end: length)
            var names = SegmentNames()
            var last = head.firstSequence - min(head.firstSequence, 1)
            let limit = isLast ? .max : firsts[index + 1]
            while scanner.offset < length {
                guard let header = try scanner.header(), let payload = try scanner.payload(of: header), header.sequence > last else {
                    let damaged = scanner.offset
                    guard try scanner.resynchronize(after: last, before: limit) else {
                        if !isLast { damage.stretches += 1 }
                        break
                    }
                    damage.stretches += 1
                    damage.bytes += scanner.offset - damaged
                    continue
                }
                if header.sequence >= limit { break }
                damage.frames += Int(header.sequence - last - 1)
                last = header.sequence
                scanner.skip(header)
                if header.kind == .names { names.add(Fields(payload)) }
                guard header.kind?.holdsItems == true else { continue }
                try body(
                    StoredFrame(
                        sequence: header.sequence,
                        signal: header.signal,
                        tenant: names.tenant(header.tenant) ?? "unknown:\(header.tenant)",
                        items: Int(header.items),
                        receivedNanoseconds: header.receivedNanoseconds,
                        payload: payload
                    )
                )
            }
        }
        return damage
    }

    private func open(_ path: String) throws(DiskError) -> (any DiskFile)? {
        do throws(DiskError) {
            return try disk.open(path, .read)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }
}
