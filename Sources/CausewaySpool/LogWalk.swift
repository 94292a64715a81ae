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
        let recovery = Recovery(disk: disk, paths: paths, knownLogIDs: [], wallNanoseconds: 0)
        guard let identity = try recovery.identity(firsts) else { return damage }
        for (index, first) in firsts.enumerated() {
            let isLast = index + 1 == firsts.count
            guard let file = try open(paths.segment(first)) else { continue }
            let length = try file.length()
            if let head = try SegmentScan.head(file: file, length: length), head.logID != identity.logID { continue }
            let limit = isLast ? .max : firsts[index + 1]
            var walk = SegmentWalk(file: file, length: length, logID: identity.logID, firstSequence: first, before: limit)
            while let frame = try walk.next() {
                let header = frame.header
                guard header.kind?.holdsItems == true else { continue }
                try body(
                    StoredFrame(
                        sequence: header.sequence,
                        signal: header.signal,
                        tenant: walk.tenant(header),
                        items: Int(header.items),
                        receivedNanoseconds: header.receivedNanoseconds,
                        payload: frame.payload
                    )
                )
            }
            damage += walk.damage
            if walk.offset < length && !isLast { damage.stretches += 1 }
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
