import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// Every operation on the disk fails once, and for ever: the process goes on, nothing acknowledged is lost, nothing refused is in the log,
/// and when the disk is well again the log is, too.
struct FaultTests {
    struct Failure: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var fault: MemoryDisk.Fault
        /// Only operations of this name; empty for all.
        var operation = ""
    }

    static let failures = [
        Failure(testDescription: "EIO", fault: .error(5)), Failure(testDescription: "ENOSPC", fault: .error(28)),
        Failure(testDescription: "EDQUOT", fault: .error(122)), Failure(testDescription: "EROFS", fault: .error(30)),
        Failure(testDescription: "short write", fault: .short, operation: "write"),
        Failure(testDescription: "failed fsync", fault: .error(5), operation: "sync"),
    ]

    /// A session over several segments: what was acknowledged, what was refused, and what the reader has recorded as delivered.
    private struct Session {
        var acknowledged: [Int] = []
        var refused: [Int] = []
        var delivered: Set<Int> = []
        var operations = 0

        private static var options: SpoolOptions {
            var options = SpoolOptions()
            options.keepBytes = .max
            return options
        }

        mutating func run(_ disk: MemoryDisk, from first: Int) {
            guard let spool = try? SteppedSpool(disk, options: Self.options, clock: TestClock()) else { return }
            defer {
                spool.close()
                operations = disk.operationCount
            }
            for turn in 0..<4 {
                let numbers = [first + turn * 3, first + turn * 3 + 1, first + turn * 3 + 2]
                let answers = spool.append([
                    [.sample(numbers[0], tenant: "acme", bytes: 3000)], [.sample(numbers[1]), .sample(numbers[2], items: 3)],
                ])
                if answers[0] { acknowledged.append(numbers[0]) } else { refused.append(numbers[0]) }
                if answers[1] { acknowledged += numbers[1...] } else { refused += numbers[1...] }
                guard spool.readers["backend"] != nil || (try? spool.open("backend", start: .oldest)) != nil else { continue }
                let reader = spool.readers["backend"]!.reader
                let frames = (try? reader.read(maxBytes: 4000)) ?? []
                for frame in frames.prefix(2) where (try? reader.record(.delivered, of: [frame.all])) != nil {
                    delivered.insert(frame.number ?? -1)
                }
                reader.giveBack(Array(frames.dropFirst(2)))
                spool.files.save(spool.readers["backend"]!.cursor)
                if turn % 2 == 1 { try? spool.writer.seal() }
            }
        }

        /// With a disk that is well: everything is as it was answered, and goes on.
        func check(_ disk: MemoryDisk, isLive: Bool) throws {
            let spool = try SteppedSpool(disk, options: Self.options, clock: TestClock())
            let found = try spool.frames().compactMap(\.number)
            // What the reader has passed is history, which goes when the disk is full.
            #expect(found == found.sorted() && Set(found).isSuperset(of: Set(acknowledged).subtracting(delivered)))
            if isLive { #expect(Set(found).isSubset(of: acknowledged)) }
            #expect(Set(found).isSubset(of: acknowledged + refused))
            _ = try spool.open("backend", start: .oldest)
            let waiting = try spool.frames(from: spool.readers["backend"]!.cursor.shared.with { $0 }).compactMap(\.number)
            // Whatever was not recorded comes again; what was may, where its cursor could not be saved.
            #expect(Set(waiting).isSuperset(of: Set(found).subtracting(delivered)))
            #expect(spool.append([[.sample(99)]]) == [true])
            #expect(try spool.frames().compactMap(\.number) == found + [99])
            spool.close()
        }
    }

    @Test(arguments: failures, [false, true])
    func `whichever operation fails, nothing acknowledged is lost and the log goes on`(failure: Failure, isForEver: Bool) throws {
        var whole = Session()
        whole.run(MemoryDisk(), from: 1)
        #expect(whole.acknowledged.count == 12 && whole.refused == [] && whole.delivered.count >= 6)
        for failing in 1...whole.operations {
            let disk = MemoryDisk()
            disk.setFault { operation, name, _ in
                guard failure.operation.isEmpty || failure.operation == name else { return nil }
                return operation == failing || (isForEver && operation > failing) ? failure.fault : nil
            }
            var session = Session()
            session.run(disk, from: 1)
            disk.setFault(nil)
            let label = "operation \(failing) of \(whole.operations)"
            do {
                // Killed where the session ended, and after losing power there.
                var random = SeededRandom(seed: UInt64(failing))
                try session.check(disk.crash(using: &random), isLive: false)
                try session.check(disk.kill(), isLive: false)
            } catch {
                Issue.record("\(label): \(error)")
            }
        }
    }

    @Test(arguments: failures)
    func `while the log runs, what was refused is not in it, and it resumes when the fault is over`(failure: Failure) throws {
        for failing in 1...40 {
            for isForEver in [false, true] {
                let disk = MemoryDisk()
                let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
                _ = try spool.open("backend", start: .oldest)
                var expected = spool.append([[.sample(1)]]) == [true] ? [1] : []
                let first = disk.operationCount
                disk.setFault { operation, name, _ in
                    guard failure.operation.isEmpty || failure.operation == name else { return nil }
                    return operation == first + failing || (isForEver && operation > first + failing) ? failure.fault : nil
                }
                for number in 2...6 {
                    if spool.append([[.sample(number, items: 2)]]) == [true] { expected.append(number) }
                    if number == 4 { try? spool.writer.seal() }
                }
                disk.setFault(nil)
                #expect(spool.append([[.sample(7)]]) == [true], "operation \(failing) for ever: \(isForEver)")
                #expect(try spool.frames().compactMap(\.number) == expected + [7], "operation \(failing) for ever: \(isForEver)")
                #expect(spool.files.catalog.with { $0.books.items.sum() } == (expected + [7]).reduce(0) { $0 + (2...6 ~= $1 ? 2 : 1) })
                spool.close()
            }
        }
    }

    @Test func `a frame given back comes again when reading it has failed`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1)], [.sample(2)]])
        let reader = spool.readers["backend"]!.reader
        reader.giveBack(try reader.read(maxBytes: .max))
        disk.setFault { _, operation, _ in operation == "read" ? .error(5) : nil }
        #expect(throws: SpoolError.self) { try reader.read(maxBytes: .max) }
        disk.setFault(nil)
        #expect(try reader.read(maxBytes: .max).map(\.number) == [1, 2])
    }
}
