import CausewaySpool
import Testing

@testable import CausewayExporters

struct ShipmentTests {
    func frame(
        _ sequence: UInt64,
        items: Int,
        bytes: Int = 100,
        signal: UInt8 = 1,
        tenant: String = "",
        pending: [Range<Int>]? = nil
    ) -> StoredFrame {
        StoredFrame(
            sequence: sequence,
            signal: signal,
            tenant: tenant,
            items: items,
            receivedNanoseconds: 0,
            pending: pending,
            payload: [UInt8](repeating: 0, count: bytes)
        )
    }

    func shipment(_ frames: StoredFrame...) -> Shipment { Shipment.sorted(frames)[0] }

    @Test func `a shipment holds one signal and one tenant, in the log's order`() {
        let shipments = Shipment.sorted([
            frame(1, items: 1, signal: 1, tenant: "a"), frame(2, items: 1, signal: 2, tenant: "a"),
            frame(3, items: 1, signal: 1, tenant: "b"),
            frame(4, items: 1, signal: 1, tenant: "a"),
        ])
        #expect(shipments.map { $0.parts.map(\.frame.sequence) } == [[1, 4], [2], [3]])
    }

    @Test func `items that have an outcome already do not travel again`() {
        let shipment = shipment(frame(1, items: 10, pending: [2..<4, 7..<10]))
        #expect(shipment.ranges == [ItemRange(sequence: 1, first: 2, count: 2), ItemRange(sequence: 1, first: 7, count: 3)])
        #expect(shipment.itemCount == 5)
        #expect(!shipment.parts[0].isWholeFrame)
        #expect(Shipment.sorted([frame(1, items: 10, pending: [])]).isEmpty)
    }

    @Test func `halves are cut between frames, near half the bytes`() {
        let (first, second) = shipment(frame(1, items: 1, bytes: 10), frame(2, items: 1, bytes: 10), frame(3, items: 1, bytes: 100))
            .halves()
        #expect(first.parts.map(\.frame.sequence) == [1, 2])
        #expect(second.parts.map(\.frame.sequence) == [3])
        let (large, rest) = shipment(frame(1, items: 1, bytes: 100), frame(2, items: 1, bytes: 10)).halves()
        #expect(large.parts.map(\.frame.sequence) == [1])
        #expect(rest.parts.map(\.frame.sequence) == [2])
    }

    @Test(arguments: 2...9)
    func `halving ends in single items, and loses none`(items: Int) {
        var todo = [shipment(frame(1, items: items), frame(2, items: 3, pending: [0..<1, 2..<3]))]
        var single: [ItemRange] = []
        while let next = todo.popLast() {
            if next.itemCount == 1 {
                single += next.ranges
            } else {
                let (first, second) = next.halves()
                todo += [second, first]
            }
        }
        let expected =
            (0..<items).map { ItemRange(sequence: 1, first: $0, count: 1) } + [0, 2].map { ItemRange(sequence: 2, first: $0, count: 1) }
        #expect(single == expected)
    }
}
