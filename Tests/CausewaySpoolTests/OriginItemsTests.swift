import TestSupport
import Testing

@testable import CausewaySpool

struct OriginItemsTests {
    private func range(_ sequence: UInt64, _ items: Range<Int>, tenant: String = "", log: UInt64 = 7) -> OriginRange {
        OriginRange(tenant: tenant, log: log, sequence: sequence, items: items)
    }

    @Test func `what is missing is what was never inserted, whatever the order`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<50 {
            var items = OriginItems()
            var oracle: Set<[UInt64]> = []
            for _ in 0..<60 {
                let first = Int.random(in: 0..<20, using: &random)
                let one = range(.random(in: 1...4, using: &random), first..<first + Int.random(in: 1...6, using: &random))
                let missing = items.missing(one).flatMap { Array($0) }
                #expect(missing == one.items.filter { !oracle.contains([one.sequence, UInt64($0)]) })
                if Bool.random(using: &random) {
                    items.insert(one)
                    for item in one.items { oracle.insert([one.sequence, UInt64(item)]) }
                } else if Bool.random(using: &random) {
                    items.remove(one)
                    for item in one.items { oracle.remove([one.sequence, UInt64(item)]) }
                }
            }
            #expect(OriginItems(items.fields.map { FieldValue(bytes: $0.bytes) }) == items)
        }
    }

    @Test func `another tenant, or another log, has nothing of it`() {
        var items = OriginItems()
        items.insert(range(1, 0..<5, tenant: "acme"))
        #expect(items.missing(range(1, 0..<5, tenant: "acme")) == [])
        #expect(items.missing(range(1, 0..<5, tenant: "globex")) == [0..<5])
        #expect(items.missing(range(1, 0..<5, tenant: "acme", log: 8)) == [0..<5])
    }

    @Test func `it is bounded, and forgets what is oldest`() {
        var items = OriginItems()
        for sequence in 1...1000 as ClosedRange<UInt64> {
            items.insert(range(sequence, 0..<3))
            items.forget(beyond: 100)
        }
        #expect(items.rangeCount <= 100)
        #expect(items.missing(range(1000, 0..<3)) == [] && items.missing(range(1, 0..<3)) == [0..<3])
    }
}

/// Items of other logs are stored once.
struct CoveredOriginsTests {
    private func draft(_ number: Int, items: Int, at sequence: UInt64, first: Int = 0) -> FrameDraft {
        var draft = FrameDraft.sample(number, items: items, tenant: "acme")
        draft.origin = FrameOrigin(log: 7, sequence: sequence, firstItem: UInt32(first))
        return draft
    }

    private func range(_ sequence: UInt64, _ items: Range<Int>) -> OriginRange {
        OriginRange(tenant: "acme", log: 7, sequence: sequence, items: items)
    }

    @Test func `what is being stored for one request makes another wait, and is tried again when that fails`() {
        let origins = CoveredOrigins()
        let woken = Counter()
        #expect(origins.claim([range(1, 0..<4)]) {} == [[0..<4]])
        #expect(origins.claim([range(1, 2..<6)]) { _ = woken.next() } == nil)
        #expect(woken.value == 0)
        origins.release([range(1, 0..<4)])
        #expect(woken.value == 1)
        #expect(origins.claim([range(1, 2..<6)]) {} == [[2..<6]])
    }

    @Test func `what is durable is dropped, to the item, and what one request lists twice is stored once`() {
        let origins = CoveredOrigins()
        origins.insert([range(1, 0..<4)])
        #expect(origins.claim([range(1, 2..<6), range(1, 5..<8), range(2, 0..<1)]) {} == [[4..<6], [6..<8], [0..<1]])
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a restart knows what had come, from the footers, from the tail, and from the checkpoint`(kind: Int) throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        _ = spool.append([[draft(1, items: 3, at: 10)], [.sample(2)]])
        if kind > 0 { try spool.writer.seal() }
        if kind > 1 { spool.files.saveOrigins() }
        _ = spool.append([[draft(3, items: 2, at: 11, first: 4)]])
        var after = disk.kill()
        if kind == 2 {
            // Found in the checkpoint although the segment is gone.
            after.remove("/data/log/00000000000000000001.seg")
        }
        if kind == 3 {
            var bytes = after.contents(of: "/data/state/origins")!
            bytes[30] ^= 1
            after.place(bytes, at: "/data/state/origins")
        }
        after = after.kill()
        let again = try SteppedSpool(after, options: SpoolOptions(), clock: TestClock())
        #expect(again.files.catalog.origins.claim([range(10, 0..<4), range(11, 0..<7)]) {} == [[3..<4], [0..<4, 6..<7]])
    }

    @Test func `what was refused is not covered`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        _ = spool.append([[.sample(1)]])
        disk.setFault { _, operation, _ in operation == "write" ? .error(5) : nil }
        #expect(spool.append([[draft(2, items: 3, at: 10)]]) == [false])
        disk.setFault(nil)
        #expect(spool.append([[.sample(3)]]) == [true])
        try spool.writer.seal()
        #expect(spool.files.catalog.origins.claim([range(10, 0..<3)]) {} == [[0..<3]])
        let again = try SteppedSpool(disk.kill(), options: SpoolOptions(), clock: TestClock())
        #expect(again.files.catalog.origins.claim([range(10, 0..<3)]) {} == [[0..<3]])
    }
}
