import CausewayPlatform
import TestSupport

@testable import CausewaySpool

/// One seeded history of a log: work, faults, and several crashes, each at a random operation; after each of them everything is checked.
struct CrashRun {
    private var random: SeededRandom
    private var disk = MemoryDisk()
    private let clock = TestClock()
    private var options = SpoolOptions()
    private var expected = CrashExpectation()
    private var spool: SteppedSpool!
    /// Readers that are configured; one without an entry in `expected` has never been open for certain.
    private var configured: [(name: String, start: ReaderStart, rules: ReaderRules)] = []
    /// Whether readers may be made to give way.
    private var evicts = false
    /// How readers may have begun that crashed while they were opened for the first time.
    private var beginnings: [String: [CrashExpectation.Progress]] = [:]
    /// Frames handed out, by reader and number.
    private var inFlight: [String: [Int: StoredFrame]] = [:]
    private(set) var crashes = 0
    /// Segments written anew, in all lives.
    private(set) var rewritten = 0
    private let shedsContent: Bool
    /// What was done, for whoever has to find out why a seed fails.
    private(set) var story: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        shedsContent = seed % 3 == 0
        options.maxBytes = chance(0.5) ? 8 << 20 : 5 << 19
        options.segmentBytes = chance(0.5) ? 64 << 10 : 256 << 10
        options.keepBytes = int(0...3) * 100_000
        options.keepAge = .seconds(3600)
        evicts = chance(0.3)
        if evicts && chance(0.5) { options.whenFull = .dropOldest }
        options.compressAfter = .seconds(int(0...1) * 600)
        options.quarantineBytes = int(1...8) * 4096
        for _ in 0..<int(0...2) { configure() }
    }

    mutating func run() throws {
        for _ in 0..<int(2...5) { try live() }
        try start(withFaults: false)
        for reader in configured { try drain(reader.name) }
        try close()
    }

    private mutating func live() throws {
        try start(withFaults: chance(0.2))
        disk.stop(at: disk.operationCount + int(1...(chance(0.5) ? 40 : 250)))
        for _ in 0..<60 where disk.stopped == nil { try step() }
        if disk.stopped == nil && chance(0.3) {
            try close()
        } else {
            crash()
        }
    }

    /// The disk was stopped, or the end comes between two operations.
    private mutating func crash() {
        crashes += 1
        let stopped = disk.stopped ?? disk.kill()
        let isKill = chance(0.3)
        story.append(isKill ? "kill" : "power loss")
        disk = isKill ? stopped : stopped.crash(using: &random)
        disk.setCapacity(.max)
        spool = nil
    }

    private mutating func close() throws {
        story.append("close")
        let before = expected
        spool.close()
        let isComplete = disk.stopped == nil
        for name in expected.readers.keys {
            if isComplete {
                expected.readers[name]!.saved = before.readers[name]!.current
            } else {
                expected.readers[name]!.attempted.append(before.readers[name]!.current)
            }
        }
        guard isComplete else { return crash() }
        try checkRoom()
        disk = disk.kill()
        spool = nil
    }

    // MARK: Start

    /// Starts until a start is complete: some crash, and some meet faults.
    private mutating func start(withFaults: Bool) throws {
        for attempt in 1... {
            let mayFail = attempt < 4
            let before = expected
            if mayFail && chance(0.3) { disk.stop(at: disk.operationCount + int(1...60)) }
            let isFaulty = mayFail && withFaults
            if isFaulty { setFault() }
            chooseKeys()
            try compareIndex()
            do throws(SpoolError) {
                spool = try SteppedSpool(disk, options: options, clock: clock, reduce: shedsContent ? CrashExpectation.reduce : nil)
            } catch {
                story.append("start failed: \(error)")
                guard isFaulty || disk.stopped != nil else { throw Broken("start failed: \(error)") }
                crash()
                continue
            }
            disk.setFault(nil)
            disk.setCapacity(.max)
            story.append("\(disk.usedBytes) bytes, \(spool.files.catalog.with { $0.usedBytes }) counted")
            story.append("start: \(spool.files.recovery), next sequence \(spool.files.catalog.with { $0.lastSequence } + 1)")
            try takeStock(isStart: true)
            if isFaulty {
                // What it found it may not have been able to make durable: nobody is to see it before another start.
                expected = before
                crash()
                continue
            }
            for reader in configured { try open(reader) }
            if disk.stopped == nil {
                inFlight = [:]
                disk.stop(at: .max)
                return
            }
            expected = before
            crash()
        }
    }

    /// What the index tells a start is what the segments themselves would tell it.
    private func compareIndex() throws {
        func found(usesIndex: Bool) throws(SpoolError) -> Recovery.Found {
            let paths = SpoolPaths(directory: "/data")
            var recovery = Recovery(disk: disk.kill(), paths: paths, knownLogIDs: [], wallNanoseconds: 1)
            (recovery.keys, recovery.usesIndex) = (options.keys, usesIndex)
            return try recovery.run().withoutIndex
        }
        // A directory that is not made yet has neither.
        guard let plain = try? found(usesIndex: false) else { return }
        let indexed = try found(usesIndex: true)
        guard indexed == plain else { throw Broken("the index says \(indexed), the segments \(plain)") }
    }

    /// Every start may come with another key, or with none for what is appended from then on.
    private mutating func chooseKeys() {
        options.keys = SpoolKeys(current: ([nil] + Self.keys.map { $0 })[int(0...2)], others: Self.keys)
    }

    private static let keys = [SpoolKey((0..<32).map { $0 }), SpoolKey((1..<33).map { $0 })]

    private mutating func configure() {
        let rules = evicts ? ReaderRules(isRequired: chance(0.2), maxBacklog: int(0...3) * 300_000) : ReaderRules(isRequired: true)
        configured.append(("reader\(configured.count)", chance(0.5) ? .now : .oldest, rules))
    }

    private mutating func open(_ reader: (name: String, start: ReaderStart, rules: ReaderRules)) throws {
        let (name, start) = (reader.name, reader.start)
        let found = try takeStock(isStart: false)
        var candidates = beginnings[name] ?? []
        if let reader = expected.readers[name] {
            candidates = reader.attempted + [reader.saved]
        } else {
            var fresh = CrashExpectation.Progress()
            fresh.before = expected.appended
            if case .oldest = start { fresh.before.subtract(found) }
            candidates.append(fresh)
            beginnings[name, default: []].append(fresh)
        }
        let cursor = try spool.open(name, start: start, rules: reader.rules)
        if disk.stopped != nil { return }
        guard let progress = candidates.last(where: { expected.says(cursor, $0) }) else {
            let differences = candidates.map { expected.difference(cursor, $0) ?? "" }
            throw Broken("the cursor of \(name) is none that was saved: \(differences)")
        }
        story.append("open \(name)")
        expected.readers[name] = .init(current: progress, saved: progress)
        try check(name, cursor, found)
        try checkCopies(name)
    }

    /// What is handed out after a start is exactly what has no outcome in the saved cursor, and the books balance.
    private mutating func check(_ name: String, _ cursor: Cursor, _ found: Set<Int>) throws {
        var handedOut: [Int: [Int]] = [:]
        for frame in try spool.frames(from: cursor) {
            handedOut[CrashExpectation.number(frame.receivedNanoseconds)] = frame.pending.flatMap { Array($0) }
        }
        let due = expected.due(expected.readers[name]!.current, of: found)
        guard handedOut == due else { throw Broken("\(name) would be handed \(handedOut), not \(due)") }
        let appended = spool.files.catalog.with { $0.books.items.sum() }
        let pending = handedOut.values.reduce(0) { $0 + $1.count }
        guard appended == cursor.totals.sum() + pending else {
            throw Broken("\(name): \(appended) appended, \(cursor.totals.sum()) with an outcome, \(pending) pending")
        }
    }

    /// Reads the whole log past all readers and compares it with what it owes.
    @discardableResult
    private mutating func takeStock(isStart: Bool) throws -> Set<Int> {
        let found = try expected.check(try spool.frames())
        if isStart {
            expected.appended.formUnion(found)
        } else if let stranger = found.subtracting(expected.appended).min(), disk.stopped == nil {
            throw Broken("frame \(stranger) was refused, and is there")
        }
        let books = spool.files.catalog.with { $0.books }
        let emergency = spool.files.emergency.entries.compactMap { LedgerEntry(payload: $0.payload)?.items.sum() }.reduce(0, +)
        if isStart { expected.adoptGivenUp(books.items, found: found) }
        try expected.check(missing: found, evicted: books.sum { $0.term.hasPrefix("evicted:") } + emergency)
        guard disk.stopped != nil || books.items == expected.totals(expected.appended) else {
            throw Broken("the log's books say \(books.items), not \(expected.totals(expected.appended))")
        }
        return found
    }

    private func checkRoom() throws {
        guard disk.peakBytes <= options.maxBytes else {
            let counted = spool.files.catalog.with { $0.usedBytes }
            throw Broken("\(disk.peakBytes) bytes were used, of \(options.maxBytes); now \(disk.usedBytes), \(counted) counted")
        }
    }

    // MARK: Work

    private mutating func step() throws {
        let before = expected
        // What is given up next has to be known by its sequence.
        if evicts { try takeStock(isStart: false) }
        let isFaulty = chance(0.15)
        if isFaulty { setFault() }
        switch int(0...99) {
        case 0..<40:
            append()
            try adoptEvictions(isFaulty: isFaulty)
        case 40..<60: try eachReader { run, name throws in try run.read(name) }
        case 60..<70: try eachReader { run, name throws in try run.record(name) }
        case 70..<73: try eachReader { run, name throws in try run.setAside(name, isFaulty: isFaulty) }
        case 73..<75: try release(isFaulty: isFaulty)
        case 75..<80: try eachReader { run, name throws in run.giveBack(name) }
        case 80..<88: saveCursors()
        case 88..<91:
            story.append("seal")
            try? spool.writer.seal()
            if chance(0.5) { spool.files.saveIndex(isLast: chance(0.5)) }
        case 91..<92:
            story.append("expire")
            spool.writer.carryOverEmergency()
            spool.files.expireHistory()
        case 92..<94: maintain()
        case 94..<95: maintain()
        case 95..<96: clock.advance(.seconds(1800))
        case 96:
            if configured.count < 3 && !isFaulty {
                configure()
                try open(configured.last!)
            }
        default:
            disk.setFault(nil)
            try takeStock(isStart: false)
        }
        spool.appendLedger()
        disk.setFault(nil)
        disk.setCapacity(.max)
        try checkRoom()
        // What the program learnt after the crash, nobody has heard of; but what it tried may have happened.
        if disk.stopped != nil { expected.forget(since: before) }
    }

    private mutating func eachReader(_ body: (inout CrashRun, String) throws -> Void) throws {
        for name in expected.readers.keys.sorted() where chance(0.6) { try body(&self, name) }
    }

    /// Writes segments anew, and does other things in the midst of it, as they happen on other threads.
    private mutating func maintain() {
        let before = spool.files.catalog.with { $0.maintenance }
        var frames = 0
        let last = chance(0.2) ? int(1...20) : .max
        let other = chance(0.3) ? int(1...10) : 0
        for _ in 0..<int(1...4) {
            let hasMore = spool.maintenance.step {
                frames += 1
                if frames == other { spool.files.expireHistory() }
                return frames < last
            }
            if !hasMore { break }
        }
        let after = spool.files.catalog.with { $0.maintenance }
        rewritten += after.segments - before.segments
        story.append("maintain: \(after.segments - before.segments) segments, \(after.reducedFrames - before.reducedFrames) frames reduced")
    }

    private mutating func append() {
        var groups: [[FrameDraft]] = []
        for _ in 0..<int(1...4) { groups.append(expected.write((0..<int(1...4)).map { _ in draft() })) }
        let answers = spool.append(groups)
        story.append("append \(zip(groups, answers).map { "\($0.map { CrashExpectation.number($0.receivedNanoseconds) }): \($1)" })")
        if expected.readers.isEmpty {
            let evicted = spool.files.catalog.with { state in state.books.sum { $0.term.hasPrefix("evicted:") } }
            let segments = spool.files.catalog.with { $0.segments.map(\.firstSequence) }
            story.append("evicted \(evicted), \(spool.files.emergency.entries.count) emergency entries, segments \(segments)")
        }
        expected.unanswered = disk.stopped == nil ? [] : groups.map { $0.map { CrashExpectation.number($0.receivedNanoseconds) } }
        for (group, isAccepted) in zip(groups, answers) where isAccepted {
            expected.appended.formUnion(group.map { CrashExpectation.number($0.receivedNanoseconds) })
        }
    }

    /// Takes over what readers were made to give up, and checks that the rules allow it.
    private mutating func adoptEvictions(isFaulty: Bool) throws {
        for name in expected.readers.keys.sorted() {
            let cursor = spool.readers[name]!.cursor.shared.with { $0 }
            let rules = configured.first { $0.name == name }!.rules
            var current = expected.readers[name]!.current
            var evicted: [Int] = []
            var steps: [CrashExpectation.Progress] = []
            for (sequence, number) in expected.numbers.sorted(by: { $0.key < $1.key }) where cursor.passed.contains(sequence) {
                let draft = expected.written[number]
                guard !current.hasPassed(number, items: draft.items) else { continue }
                evicted.append(number)
                guard !rules.isRequired else { throw Broken("\(name) is required, and gave up frame \(number)") }
                let isElsewhere = expected.readers.contains { other, reader in
                    other != name && reader.current.hasDelivered(number, items: draft.items)
                }
                let term = isElsewhere && isCounted(cursor, "evicted:backlog", number, current) ? "evicted:backlog" : "evicted:full"
                guard isElsewhere || options.whenFull == .dropOldest else { throw Broken("frame \(number) is at no destination, and gone") }
                current.evict(number, of: draft.items, as: term)
                inFlight[name]?[number] = nil
                steps.append(current)
            }
            let saved = spool.files.catalog.with { $0.durablePrefixes[name] ?? 0 }
            if evicted.isEmpty, saved >= cursor.passed.prefix, saved > 0 {
                // All of a segment was passed, and had to be passed for certain before that went: saved, and nothing given up.
                expected.readers[name]!.attempted.append(current)
            }
            if !evicted.isEmpty {
                story.append("\(name) gives up \(evicted), saved up to \(saved)")
                // What a reader gives up is on disk before it counts.
                guard saved >= cursor.passed.prefix else { throw Broken("\(name) gave up \(evicted), and it is not saved") }
                // One segment after the other, and a crash may come between two.
                let before = expected.readers[name]!
                let attempted = disk.stopped == nil ? [] : before.attempted + [before.saved] + steps
                expected.readers[name] = .init(current: current, saved: current, attempted: attempted)
            }
            if isFaulty && !rules.isRequired { attemptEviction(name) }
        }
    }

    /// A save that failed may be on disk all the same: then the reader has given up what would have gone next.
    private mutating func attemptEviction(_ name: String) {
        guard let end = spool.files.catalog.with({ $0.oldestRemovable?.lastSequence }) else { return }
        for term in ["evicted:backlog", "evicted:full"] {
            var next = expected.readers[name]!.current
            for (sequence, number) in expected.numbers where sequence <= end {
                let items = expected.written[number].items
                if !next.hasPassed(number, items: items) { next.evict(number, of: items, as: term) }
            }
            expected.readers[name]!.attempted.append(next)
        }
    }

    /// Whether the cursor has counted more under `term` than `progress` knows, for the tenant and signal of a frame.
    private func isCounted(_ cursor: Cursor, _ term: String, _ number: Int, _ progress: CrashExpectation.Progress) -> Bool {
        let draft = expected.written[number]
        let counted = cursor.totals.sum { $0.term == term && $0.tenant == draft.tenant && $0.signal == draft.signal }
        let known = progress.outcomes.reduce(0) { sum, outcome in
            let other = expected.written[outcome.key]
            guard other.tenant == draft.tenant, other.signal == draft.signal else { return sum }
            return sum + outcome.value.filter { $0 == term }.count
        }
        return counted > known
    }

    private mutating func draft() -> FrameDraft {
        let size = [int(0...64), int(0...600), int(0...600), int(0...20_000), chance(0.1) ? int(0...200_000) : 512][int(0...4)]
        var payload = [UInt8](repeating: UInt8(int(0...255)), count: size)
        // Sometimes a true copy of what the log holds, frames and all.
        if chance(0.05), let path = disk.paths().last(where: { $0.hasSuffix(".seg") }), let bytes = disk.contents(of: path) {
            payload = [UInt8](bytes.prefix(20_000))
        }
        return FrameDraft(
            kind: chance(0.9) ? .otlp : .event,
            signal: UInt8(int(1...3)),
            tenant: ["", "", "acme", "globex", "initech"][int(0...4)],
            policy: chance(0.2) ? [UInt8](repeating: 7, count: 32) : [],
            items: int(1...12),
            receivedNanoseconds: 0,
            payload: payload
        )
    }

    private mutating func read(_ name: String) throws {
        guard let frames = try? spool.readers[name]!.reader.read(maxBytes: [1, 2000, 100_000, .max][int(0...3)]) else { return }
        story.append("\(name) reads \(frames.map { CrashExpectation.number($0.receivedNanoseconds) })")
        if disk.stopped != nil { return }
        _ = try expected.identify(frames)
        for frame in frames {
            let number = CrashExpectation.number(frame.receivedNanoseconds)
            guard inFlight[name]?[number] == nil else { throw Broken("\(name) is handed frame \(number) twice") }
            guard frame.pending.flatMap({ Array($0) }) == expected.due(expected.readers[name]!.current, of: [number])[number] else {
                throw Broken("\(name) is handed \(frame.pending) of frame \(number)")
            }
            inFlight[name, default: [:]][number] = frame
        }
    }

    private mutating func record(_ name: String) throws {
        for (number, frame) in (inFlight[name] ?? [:]).sorted(by: { $0.key < $1.key }) where chance(0.7) {
            var open = frame.pending
            let outcome: Outcome = [.delivered, .delivered, .rejected(reason: "no"), .filtered(rule: "r")][int(0...3)]
            let done: Range<Int>
            if chance(0.7) {
                done = open.removeFirst()
            } else {
                let range = open.removeFirst()
                let middle = int(range.lowerBound...(range.upperBound - 1))
                done = middle..<int((middle + 1)...range.upperBound)
                if done.upperBound < range.upperBound { open.insert(done.upperBound..<range.upperBound, at: 0) }
                if range.lowerBound < middle { open.insert(range.lowerBound..<middle, at: 0) }
            }
            let range = ItemRange(sequence: frame.sequence, first: done.lowerBound, count: done.count)
            try spool.readers[name]!.reader.record(outcome, of: [range])
            story.append("\(name) \(outcome.term) \(number) \(done)")
            expected.readers[name]!.current.record(outcome.term, number, done, of: frame.items)
            inFlight[name]![number]!.pending = open
            if open.isEmpty { inFlight[name]![number] = nil }
        }
    }

    /// Has some items of a frame copied and, when that is durable, passed.
    private mutating func setAside(_ name: String, isFaulty: Bool) throws {
        guard let (number, frame) = inFlight[name]?.min(by: { $0.key < $1.key }), let pending = frame.pending.first else { return }
        let items = pending.lowerBound..<int((pending.lowerBound + 1)...pending.upperBound)
        let draft = QuarantineDraft(
            range: ItemRange(sequence: frame.sequence, first: items.lowerBound, count: items.count),
            signal: frame.signal,
            tenant: frame.tenant,
            receivedNanoseconds: frame.receivedNanoseconds,
            payload: [UInt8](repeating: UInt8(number % 251), count: int(0...6000)),
            reason: "no",
            answer: QuarantineAnswer(status: 400, contentType: "", body: [])
        )
        let (files, before) = (spool.files, try copies())
        var isKept = false
        do throws(SpoolError) {
            isKept = try files.quarantine.add([draft], reader: name) { name, body throws(SpoolError) in try files.change(name, body) }
            story.append("\(name) sets aside \(items) of \(number): \(isKept)")
        } catch {
            story.append("\(name) sets aside \(items) of \(number): \(error)")
        }
        // The oldest go for it.
        try adoptReleases(of: before, as: "rejected", rejecting: 0, isFaulty: isFaulty, intended: nil)
        guard isKept else { return }
        try spool.readers[name]!.reader.record(.quarantined, of: [draft.range])
        expected.readers[name]!.current.record("quarantined", number, items, of: frame.items)
        inFlight[name]![number]!.pending = pending.upperBound == items.upperBound ? [] : [items.upperBound..<pending.upperBound]
        inFlight[name]![number]!.pending += frame.pending.dropFirst()
        if inFlight[name]![number]!.pending.isEmpty { inFlight[name]![number] = nil }
    }

    /// Lets some copies go, as when they are sent again or dropped.
    private mutating func release(isFaulty: Bool) throws {
        let before = try copies()
        let ids = before.map(\.id).filter { _ in chance(0.4) }
        if ids.isEmpty { return }
        let outcome: Outcome = chance(0.5) ? .delivered : .rejected(reason: "dropped")
        let rejecting = outcome == .delivered ? int(0...1) : 0
        let files = spool.files
        do throws(SpoolError) {
            _ = try files.quarantine.release(ids, as: outcome, rejecting: rejecting) { name, body throws(SpoolError) in
                try files.change(name, body)
            }
            story.append("released \(ids) as \(outcome.term)")
        } catch {
            story.append("released \(ids) as \(outcome.term): \(error)")
        }
        try adoptReleases(of: before, as: outcome.term, rejecting: rejecting, isFaulty: isFaulty, intended: ids)
    }

    /// Copies that count, by what is in the directory and in the cursors that are at work.
    private func copies() throws -> [QuarantineEntry] {
        let paths = SpoolPaths(directory: "/data")
        // Beside whatever the disk is made to do at the moment.
        let disk = disk.kill()
        var found: [QuarantineEntry] = []
        for id in try QuarantineFiles.ids(paths, disk: disk) {
            guard let entry = try QuarantineFiles.read(id, paths, keys: options.keys, disk: disk),
                let cursor = spool.readers[entry.reader]?.cursor.shared.with({ $0 }),
                entry.isAcknowledged(cursor), !cursor.released.contains(id)
            else { continue }
            found.append(entry)
        }
        return found
    }

    /// Takes over which copies have been let go, one after the other.
    private mutating func adoptReleases(
        of before: [QuarantineEntry],
        as term: String,
        rejecting: Int,
        isFaulty: Bool,
        intended: [UInt64]?
    ) throws {
        let left = try copies()
        for name in expected.readers.keys.sorted() {
            var reader = expected.readers[name]!
            for gone in before where gone.reader == name && !left.contains(where: { $0.id == gone.id }) {
                let range = gone.draft.range
                guard let number = expected.numbers[range.sequence] else { continue }
                reader.attempted.append(reader.saved)
                reader.current.release(number, range, as: term, rejecting: rejecting)
                // What is let go is on disk before it counts.
                reader.saved = reader.current
                if disk.stopped == nil { reader.attempted = [] }
            }
            if isFaulty {
                // A save that failed may be on disk all the same.
                let next = left.filter { intended?.contains($0.id) ?? true }.min { $0.id < $1.id }
                if let next, next.reader == name, let number = expected.numbers[next.draft.range.sequence] {
                    var released = reader.current
                    released.release(number, next.draft.range, as: term, rejecting: rejecting)
                    reader.attempted.append(released)
                }
            }
            expected.readers[name] = reader
        }
    }

    /// Every item that is set aside has its copy, and every copy that counts has its item.
    private func checkCopies(_ name: String) throws {
        let found = try copies().filter { $0.reader == name }
        var ranges: [ItemRange: Int] = [:]
        for (range, number) in expected.readers[name]!.current.setAside(expected) { ranges[range] = number }
        guard Set(found.map(\.draft.range)) == Set(ranges.keys), found.count == ranges.count else {
            throw Broken("\(name) has copies of \(found.map(\.draft.range)), not of \(ranges.keys)")
        }
        for entry in found {
            let number = ranges[entry.draft.range]!
            guard entry.missingKey != nil || entry.draft.payload.allSatisfy({ $0 == UInt8(number % 251) }),
                entry.draft.tenant == expected.written[number].tenant
            else { throw Broken("copy \(entry.id) of \(name) is not what was set aside") }
        }
    }

    private mutating func giveBack(_ name: String) {
        let frames = (inFlight[name] ?? [:]).sorted { $0.key < $1.key }.filter { _ in chance(0.5) }
        story.append("\(name) gives back \(frames.map(\.key))")
        spool.readers[name]!.reader.giveBack(frames.map(\.value))
        for (number, _) in frames { inFlight[name]![number] = nil }
    }

    private mutating func saveCursors() {
        for name in expected.readers.keys.sorted() {
            let current = expected.readers[name]!.current
            expected.readers[name]!.attempted.append(current)
            let isSaved = spool.files.save(spool.readers[name]!.cursor)
            story.append("\(name) saved: \(isSaved)")
            if isSaved { expected.readers[name] = .init(current: current, saved: current) }
        }
    }

    /// At the end everything is delivered.
    private mutating func drain(_ name: String) throws {
        while true {
            try read(name)
            if inFlight[name]?.isEmpty ?? true { break }
            for (number, frame) in inFlight[name]!.sorted(by: { $0.key < $1.key }) {
                let ranges = frame.pending.map { ItemRange(sequence: frame.sequence, first: $0.lowerBound, count: $0.count) }
                try spool.readers[name]!.reader.record(.delivered, of: ranges)
                for range in frame.pending { expected.readers[name]!.current.record("delivered", number, range, of: frame.items) }
            }
            inFlight[name] = [:]
        }
        let left = expected.due(expected.readers[name]!.current, of: try takeStock(isStart: false))
        guard left.isEmpty else { throw Broken("\(name) was never handed \(left)") }
        guard spool.readers[name]!.reader.backlog().bytes == 0 else { throw Broken("\(name) has everything, and a backlog") }
    }

    // MARK: Faults

    private mutating func setFault() {
        story.append(disk.setRandomFault(of: [5, 28, 30, 122], using: &random))
    }

    private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}
