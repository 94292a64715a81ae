import CausewayPlatform
import Synchronization
import TestSupport

@testable import CausewaySpool

/// An open spool without threads: what its threads would do, it does when it is told to.
final class SteppedSpool {
    let files: SpoolFiles
    let writer: LogWriter
    private(set) var readers: [String: OpenReader] = [:]
    /// Ledger entries that readers have asked for.
    private let ledger = Box()

    private final class Box: Sendable {
        let entries = Mutex<[LedgerEntry]>([])
    }

    init(_ disk: MemoryDisk, options: SpoolOptions, clock: TestClock) throws(SpoolError) {
        files = try SpoolFiles(directory: "/data", options: options, disk: disk, clock: clock)
        writer = files.writer()
    }

    /// Opens the reader; returns the cursor it begins with.
    func open(_ name: String, start: ReaderStart) throws(SpoolError) -> Cursor {
        let opened = try files.open(reader: name, start: start, becameDirty: {}) { [ledger] entry in
            ledger.entries.withLock { $0.append(entry) }
        }
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
        let entries = ledger.entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
        for entry in entries {
            _ = writer.commit([[FrameDraft(kind: .ledger, receivedNanoseconds: files.clock.wallNanoseconds(), payload: entry.payload)]])
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
            wait: wait
        ) { _ in }
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
        files.lock.release()
    }
}
