import CausewayPlatform
import CausewaySpool
import Testing

@testable import CausewayExporters

struct HeldFramesTests {
    let budget = Budget(limit: 1000)
    var held: HeldFrames

    init() { held = HeldFrames(budget: budget) }

    func frame(_ sequence: UInt64, items: Int = 2, bytes: Int = 100, pending: [Range<Int>]? = nil) -> StoredFrame {
        StoredFrame(
            sequence: sequence,
            signal: 1,
            tenant: "",
            items: items,
            receivedNanoseconds: 0,
            pending: pending,
            payload: [UInt8](repeating: 0, count: bytes)
        )
    }

    mutating func take(_ frames: StoredFrame..., reserving bytes: Int) -> [Part] {
        #expect(budget.reserve(bytes))
        held.add(frames, reserved: bytes)
        return Shipment.sorted(frames)[0].parts
    }

    @Test mutating func `what was reserved and not needed goes back, and the rest when frames go`() {
        let parts = take(frame(1), frame(2), reserving: 500)
        #expect(budget.usedBytes == 200)
        #expect(held.bytes == 200)
        for part in parts { #expect(held.settled(part) == nil) }
        #expect(budget.usedBytes == 0)
        #expect(held.isEmpty)
    }

    @Test mutating func `a frame larger than what was reserved takes more, if there is more`() {
        let parts = take(frame(1, bytes: 600), reserving: 100)
        #expect(budget.usedBytes == 600)
        _ = held.returned(parts[0])
        #expect(budget.usedBytes == 0)
    }

    @Test mutating func `a frame for which there is no room is held all the same, and never charged`() {
        #expect(budget.reserve(900))
        let parts = take(frame(1, bytes: 600), reserving: 100)
        #expect(budget.usedBytes == 900)
        #expect(held.bytes == 600)
        _ = held.settled(parts[0])
        #expect(budget.usedBytes == 900)
    }

    @Test mutating func `a divided frame goes back only when its last part has landed`() {
        let part = take(frame(7, items: 4), reserving: 100)[0]
        held.divided(7)
        #expect(held.returned(part.prefix(2)) == nil, "the other half is still under way")
        #expect(held.settled(part.suffix(2))?.sequence == 7)
        #expect(held.isEmpty)
    }

    @Test mutating func `a frame with gaps has a part for each of them`() {
        let parts = take(frame(7, items: 9, pending: [0..<2, 4..<5]), reserving: 100)
        #expect(held.settled(parts[0]) == nil)
        #expect(!held.isEmpty)
        #expect(held.returned(parts[1])?.sequence == 7)
    }
}
