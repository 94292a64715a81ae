import CausewaySpool
import Testing

@testable import CausewayExporters

struct AppetiteTests {
    var appetite = Appetite()

    func shipment(items: Int, bytes: Int = 100) -> Shipment {
        Shipment.sorted([
            StoredFrame(
                sequence: 1,
                signal: 1,
                tenant: "",
                items: items,
                receivedNanoseconds: 0,
                payload: [UInt8](repeating: 0, count: bytes)
            )
        ])[0]
    }

    @Test func `nothing is known of a new destination`() {
        #expect(appetite.allows(shipment(items: 1_000_000, bytes: 1_000_000)))
    }

    @Test mutating func `a size that was too large is halved, for good`() {
        appetite.tooLarge(bytes: 200_000, items: 9)
        appetite.accepted()
        #expect(!appetite.allows(shipment(items: 9, bytes: 100_001)))
        #expect(appetite.allows(shipment(items: 9, bytes: 100_000)))
        #expect(appetite.allows(shipment(items: 1, bytes: 200_000)), "a single item always goes")
    }

    @Test mutating func `small requests that are too large are halved only until they are taken`() {
        appetite.tooLarge(bytes: 1000, items: 8)
        #expect(appetite.bytes == .max)
        #expect(appetite.items == 4)
        appetite.accepted()
        #expect(appetite.items == 8)
    }

    @Test mutating func `a search goes on where it was interrupted, and ends with the culprit`() {
        for expected in [8, 4, 2, 1, 1] {
            appetite.suspect(items: min(appetite.items, 15))
            #expect(appetite.items == expected)
        }
        appetite.foundCulprit()
        #expect(appetite == Appetite())
    }
}
