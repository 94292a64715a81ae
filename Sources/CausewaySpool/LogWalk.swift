package import CausewayPlatform

/// Reads a log from its first frame to its last without taking part in it: no lock, nothing written, also while a bridge works there.
package struct LogWalk {
    private let disk: any Disk
    private let paths: SpoolPaths
    private let keys: SpoolKeys

    /// Throws when `directory` holds no log.
    package init(directory: String, keys: SpoolKeys = SpoolKeys(), disk: any Disk = RealDisk()) throws(SpoolError) {
        self.disk = disk
        self.keys = keys
        paths = SpoolPaths(directory: directory)
        do throws(DiskError) {
            _ = try disk.list(paths.log)
        } catch {
            throw error.isMissing ? .unreadable(path: directory, reason: "there is no spool") : .disk(error)
        }
    }

    /// What was not handed out.
    package struct Omissions: Sendable {
        package var damage = DamageCount()
        /// Frames that could not be read for want of a key, by its number; 0 where nothing says which.
        package var locked: [UInt64: Int] = [:]
    }

    /// Hands out every intact frame that holds items, oldest first, and returns what had to be left out on the way.
    ///
    /// A segment that is given up meanwhile is left out; what is being written at the end is not damage.
    package func frames<Failure: Error>(_ body: (StoredFrame) throws(Failure) -> Void) throws -> Omissions {
        var omissions = Omissions()
        let firsts = try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
        let recovery = Recovery(disk: disk, paths: paths, knownLogIDs: [], wallNanoseconds: 0)
        guard let identity = try recovery.identity(firsts) else { return omissions }
        for (index, first) in firsts.enumerated() {
            let isLast = index + 1 == firsts.count
            guard let file = try open(paths.segment(first)) else { continue }
            let length = try file.length()
            let head = try SegmentScan.head(file: file, length: length)
            if let head, head.logID != identity.logID { continue }
            let limit = isLast ? .max : firsts[index + 1]
            let form = StoredForm(keys: keys, keyID: head?.keyID)
            var walk = SegmentWalk(file: file, length: length, logID: identity.logID, firstSequence: first, before: limit, form: form)
            while let frame = try walk.next() {
                let header = frame.header
                guard header.kind?.holdsItems == true else { continue }
                let payload: [UInt8]
                do throws(StoredFormError) {
                    payload = try walk.payload(frame)
                } catch .missingKey(let id) {
                    omissions.locked[id, default: 0] += 1
                    continue
                } catch {
                    omissions.damage.stretches += 1
                    omissions.damage.bytes += frame.stored.count
                    omissions.damage.frames += 1
                    continue
                }
                var stored = StoredFrame(
                    sequence: header.sequence,
                    signal: header.signal,
                    tenant: walk.tenant(header),
                    items: Int(header.items),
                    receivedNanoseconds: header.receivedNanoseconds,
                    payload: payload
                )
                stored.kind = header.kind ?? .otlp
                stored.flags = header.flags
                stored.origin = header.origin
                try body(stored)
            }
            omissions.damage += walk.damage
            if walk.offset < length && !isLast { omissions.damage.stretches += 1 }
        }
        return omissions
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
