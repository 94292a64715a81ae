import CausewayPlatform
import TestSupport

@testable import CausewaySpool

/// An open spool without threads: what its threads would do, it does when it is told to.
final class SteppedSpool {
    let files: SpoolFiles
    let writer: LogWriter
    let maintenance: Maintenance
    private(set) var readers: [String: OpenReader] = [:]

    init(_ disk: MemoryDisk, options: SpoolOptions, clock: TestClock, reduce: ContentReduction? = nil) throws(SpoolError) {
        files = try SpoolFiles(directory: "/data", options: options, disk: disk, clock: clock)
        writer = files.writer()
        maintenance = Maintenance(files, reduce: reduce)
        writer.carryOverEmergency()
    }

    /// Opens the reader; returns the cursor it begins with.
    func open(_ name: String, start: ReaderStart, rules: ReaderRules = ReaderRules()) throws(SpoolError) -> Cursor {
        let opened = try files.open(reader: name, start: start, rules: rules) {}
        readers[name] = opened
        return opened.cursor.shared.with { $0 }
    }

    /// Opens a deriver that appends through this spool's writer.
    func deriver(_ name: String, settles: Bool = true, start: ReaderStart = .oldest) throws(SpoolError) -> Deriver {
        try Deriver(name, settles: settles, start: start, files: files) { [writer] group throws(SpoolError) in
            try writer.commit([group])[0].get()
        }
    }

    func append(_ groups: [[FrameDraft]]) -> [Bool] {
        writer.commit(groups).map { result in
            if case .success = result { true } else { false }
        }
    }

    /// Commits what readers have put on the ledger.
    func appendLedger() {
        files.settleLedger { drafts in
            if case .success = writer.commit([drafts])[0] { true } else { false }
        }
    }

    /// Everything with items that the log holds for a reader whose cursor is `cursor`; for one that knows nothing, without it.
    func frames(from cursor: Cursor? = nil, wait: ReaderWait = .none) throws(SpoolError) -> [StoredFrame] {
        let first = files.catalog.with { $0.segments.first?.firstSequence ?? $0.lastSequence + 1 }
        let probe = LogReader(
            name: "probe",
            disk: files.disk,
            clock: files.clock,
            catalog: files.catalog,
            logID: files.identity.logID,
            shared: SharedCursor(cursor ?? Cursor(logID: files.identity.logID, prefix: first - 1)) {},
            wait: wait,
            keys: files.options.keys
        )
        var all: [StoredFrame] = []
        while true {
            let frames = try probe.read(maxBytes: .max)
            if frames.isEmpty { return all }
            all += frames
        }
    }

    /// As a stop on request does it.
    func close() {
        appendLedger()
        try? writer.seal()
        for reader in readers.values.sorted(by: { $0.cursor.name < $1.cursor.name }) { files.save(reader.cursor) }
        files.saveIndex(isLast: true)
        files.lock.release()
    }
}
