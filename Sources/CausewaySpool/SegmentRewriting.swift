internal import CausewayPlatform
internal import Synchronization

/// Writes one sealed segment anew, frame for frame with the same sequences: compressed, or with content shed.
///
/// The copy is made beside the segment and takes its place in one step when it is complete and durable. Interrupted at any moment, the
/// segment is either as it was or as it was to become; a copy that did not get that far is removed at the next start.
struct SegmentRewriting {
    let disk: any Disk
    let paths: SpoolPaths
    let catalog: Catalog
    let logID: UInt64
    let keys: SpoolKeys
    let compressor: Compressor
    /// What sheds content; nil: frames are compressed only.
    let reduce: ContentReduction?
    /// Called between frames; false when it is time to stop.
    let goesOn: () -> Bool

    enum Outcome: Equatable {
        /// The segment has a new file.
        case replaced
        /// It is as it should be already, or would not become shorter.
        case pointless
        /// It is damaged, or a key is missing: left as it is for repair.
        case unfit
        /// It was given up meanwhile, or it is time to stop.
        case interrupted
    }

    /// A copy that saves less than one in this many bytes is not worth the writing.
    private static let leastSaving = 20
    /// Frames shorter than this say nothing about whether a segment has been compressed.
    private static let telling = 256
    private static let flushSize = 1 << 20

    static let suffix = ".new"

    /// Removes the copies that an earlier run did not complete.
    static func removeLeftovers(_ paths: SpoolPaths, disk: any Disk) {
        for name in (try? disk.list(paths.log)) ?? [] where name.hasSuffix(".seg" + suffix) {
            try? disk.unlink(paths.log + "/" + name)
        }
    }

    func run(_ firstSequence: UInt64) throws(DiskError) -> Outcome {
        guard let (info, file) = try catalog.open(firstSequence, on: disk), info.isClosed else { return .interrupted }
        guard let footer = try SegmentScan.footer(file: file, length: info.readableBytes, logID: logID) else { return .unfit }
        var copy = Copy(disk: disk, path: info.path + Self.suffix)
        do throws(DiskError) {
            let outcome = try write(info, file, footer, to: &copy)
            guard outcome == .replaced else {
                copy.discard(catalog)
                return outcome
            }
            return try replace(info, copy, footer) ? .replaced : .interrupted
        } catch {
            copy.discard(catalog)
            throw error
        }
    }

    // MARK: The copy

    private func write(
        _ info: SegmentInfo,
        _ file: any DiskFile,
        _ footer: SegmentFooter,
        to copy: inout Copy
    ) throws(DiskError) -> Outcome {
        let form = StoredForm(keys: keys, keyID: info.keyID)
        var walk = SegmentWalk(
            file: file,
            length: info.readableBytes,
            logID: logID,
            firstSequence: info.firstSequence,
            before: .max,
            form: form
        )
        walk.footerNames = footer.names
        var counted = SegmentFooter(firstSequence: info.firstSequence)
        // Of the first frames that tell: whether they are already as they would become, and what compressing them saves.
        var (judged, done, before, after) = (0, 0, 0, 0)
        while let frame = try walk.next() {
            guard goesOn() else { return .interrupted }
            guard walk.damaged.isEmpty else { return .unfit }
            var header = frame.header
            if header.kind == .footer {
                counted.lastSequence = header.sequence
                counted.names = footer.names
                copy.payloadBytes = Int(counted.payloadBytes)
                var same = counted
                same.payloadBytes = footer.payloadBytes
                // Whatever else the footer said, it still has to say: otherwise this is not the segment it speaks of.
                guard walk.offset == info.readableBytes, footer.says(same) else { return .unfit }
                var written = counted
                written.lastSequence = header.sequence - 1
                if let last = copy.lastSequence { written.lastSequence = last }
                let payload = written.payload(frameOffset: copy.end)
                header.payloadLength = UInt32(payload.count)
                try copy.append(header, payload, logID: logID)
                try copy.finish()
                guard (info.readableBytes - copy.end) * Self.leastSaving >= info.readableBytes else { return .pointless }
                return .replaced
            }
            var stored = frame.stored
            if header.kind?.holdsItems == true {
                guard let new = try renewed(frame, walk, form, &copy) else { return .unfit }
                (header, stored) = new
                if stored.count + frame.stored.count >= Self.telling && judged < 4 {
                    judged += 1
                    let isDone = reduce == nil ? frame.header.flags.contains(.compressed) : frame.header.flags.contains(.reduced)
                    done += isDone ? 1 : 0
                    if judged == 4 && done == 4 { return .pointless }
                }
                (before, after) = (before + frame.stored.count, after + stored.count)
                if reduce == nil, before >= Self.flushSize, (before - after) * Self.leastSaving < before { return .pointless }
            }
            counted.count(header, tenant: walk.tenant(header), payload: walk.countedPayload(frame).payload)
            try copy.append(header, stored, logID: logID)
            copy.lastSequence = header.sequence
        }
        // No footer at its end.
        return .unfit
    }

    /// The frame as it is to become; nil when it cannot be read.
    private func renewed(
        _ frame: SegmentWalk.Frame,
        _ walk: SegmentWalk,
        _ form: StoredForm,
        _ copy: inout Copy
    ) throws(DiskError) -> (FrameHeader, [UInt8])? {
        let isReduced = reduce != nil && !frame.header.flags.contains(.reduced)
        if frame.header.flags.contains(.compressed) && !isReduced { return (frame.header, frame.stored) }
        guard var payload = try? walk.payload(frame) else { return nil }
        var header = frame.header
        if isReduced, let reduce, let kind = header.kind {
            if let reduced = reduce(kind, header.signal, payload) {
                payload = reduced
                copy.reducedFrames += 1
            }
            header.flags.insert(.reduced)
        }
        let stored = form.stored(payload, &header, compressor)
        // What replaces the only copy there is has been read back before.
        guard (try? form.opened(header, stored)) == payload else { return nil }
        return (header, stored)
    }

    // MARK: In its place

    /// False when the segment has been given up meanwhile.
    private func replace(_ old: SegmentInfo, _ copy: Copy, _ footer: SegmentFooter) throws(DiskError) -> Bool {
        let isThere = catalog.with { state in
            guard state.segment(old.firstSequence)?.generation == old.generation else { return false }
            state.replacing = old.firstSequence
            return true
        }
        guard isThere else {
            copy.discard(catalog)
            return false
        }
        defer { catalog.with { $0.replacing = nil } }
        var new = old
        (new.readableBytes, new.fileBytes, new.payloadBytes) = (copy.end, copy.end, copy.payloadBytes)
        new.generation += 1
        new.stamp = try? disk.stamp(copy.path)
        let info = new
        try catalog.replacing.withLock { _ throws(DiskError) in
            try disk.rename(copy.path, to: info.path)
            catalog.with { state in
                _ = state.update(info)
                state.maintenance.segments += 1
                state.segmentChanges += 1
                state.maintenance.reducedFrames += copy.reducedFrames
                let saved = old.fileBytes - info.fileBytes
                if reduce == nil { state.maintenance.savedBytes += saved } else { state.maintenance.shedBytes += saved }
            }
        }
        // Until this is durable a crash may bring back the old file, which is complete as well.
        try? disk.syncDirectory(paths.log)
        return true
    }

    /// The file being written, which exists from the first bytes that are flushed.
    private struct Copy {
        let disk: any Disk
        let path: String
        private(set) var end = 0
        var lastSequence: UInt64?
        var payloadBytes = 0
        var reducedFrames = 0
        private var file: (any DiskFile)?
        private var buffer: [UInt8] = []

        init(disk: any Disk, path: String) {
            self.disk = disk
            self.path = path
        }

        mutating func append(_ header: FrameHeader, _ stored: [UInt8], logID: UInt64) throws(DiskError) {
            buffer += header.encoded(logID: logID, payload: stored)
            buffer += stored
            buffer += [UInt8](repeating: 0, count: FrameHeader.padded(stored.count) - stored.count)
            end += header.frameLength
            if buffer.count >= SegmentRewriting.flushSize { try flush() }
        }

        mutating func flush() throws(DiskError) {
            if file == nil {
                do throws(DiskError) {
                    file = try disk.open(path, .createNew)
                } catch  where error.isInTheWay {
                    try disk.unlink(path)
                    file = try disk.open(path, .createNew)
                }
            }
            try file?.writeAll([buffer], at: end - buffer.count)
            buffer = []
        }

        mutating func finish() throws(DiskError) {
            try flush()
            try file?.sync()
        }

        /// Removes what was written; what cannot be removed counts until the next start.
        func discard(_ catalog: Catalog) {
            guard let file else { return }
            do throws(DiskError) {
                try disk.unlink(path)
            } catch {
                let left = error.isMissing ? 0 : (try? file.length()) ?? 0
                catalog.with { $0.otherBytes += left }
            }
        }
    }
}

/// Sheds message content from a frame's payload; nil when there is none in it. The number of items and their order stay.
package typealias ContentReduction = @Sendable (_ kind: FrameKind, _ signal: UInt8, _ payload: [UInt8]) -> [UInt8]?
