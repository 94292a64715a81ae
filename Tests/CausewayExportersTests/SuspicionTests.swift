import CausewaySpool
import Testing

@testable import CausewayExporters

struct SuspicionTests {
    var suspicion = Suspicion()

    func shipment(_ items: Range<Int>, sequence: UInt64 = 1) -> Shipment {
        let frame = StoredFrame(sequence: sequence, signal: 1, tenant: "", items: 1 << 20, receivedNanoseconds: 0, payload: [])
        return Shipment([Part(frame, items: items)])
    }

    /// Searches a payload of which some items are bad, by levels, as the worker does; requests, what was delivered and what was set aside.
    mutating func search(_ items: Range<Int>, bad: (Int) -> Bool) -> (requests: Int, delivered: [Int], aside: [Shipment]) {
        var queue = [shipment(items)]
        var result: (requests: Int, delivered: [Int], aside: [Shipment]) = (0, [], [])
        while !queue.isEmpty {
            var next = queue.removeFirst()
            result.requests += 1
            guard next.parts[0].items.contains(where: bad) else {
                suspicion.accepted(next)
                result.delivered += next.parts[0].items
                continue
            }
            switch suspicion.refused(&next) {
            case .divide:
                suspicion.divided(next)
                let (first, second) = next.halves()
                queue += [first, second]
            case .setAside:
                suspicion.setAside(next)
                result.aside.append(next)
            case .stepBack: Issue.record("a destination that takes others is not left alone")
            }
        }
        return result
    }

    @Test(arguments: [(10_000, [7_777], 30), (250, [3, 100, 249], 50), (1, [0], 1), (64, [0, 63], 30)])
    mutating func `bad items among good ones are found by halves, and only they are set aside`(count: Int, bad: [Int], most: Int) {
        suspicion.accepted(shipment(0..<1))
        let found = search(0..<count) { bad.contains($0) }
        #expect(found.aside.map { $0.parts[0].items } == bad.map { $0..<$0 + 1 })
        #expect(found.delivered.count == count - bad.count)
        #expect(found.requests <= most, "\(found.requests) requests")
    }

    @Test mutating func `a payload whose items are all bad is taken apart to the last`() {
        suspicion.accepted(shipment(0..<1))
        let found = search(0..<250) { _ in true }
        #expect(found.aside.count == 250)
        #expect(found.requests == 499)
    }

    @Test(arguments: [2, 3, 10, 100])
    mutating func `no payload costs more than its requests, and pieces that were not told apart are small`(every: Int) {
        suspicion.accepted(shipment(0..<1))
        let found = search(0..<10_000) { $0 % every == 0 }
        #expect(found.requests <= Suspicion.requestsPerSearch)
        #expect(found.aside.allSatisfy { $0.itemCount <= 10_000 / 128 })
        #expect(found.delivered.count + found.aside.reduce(0) { $0 + $1.itemCount } == 10_000)
        #expect(found.delivered.allSatisfy { $0 % every != 0 })
    }

    @Test mutating func `with nothing ever taken the destination is to blame, and a single item is offered four times`() {
        var one = shipment(5..<6)
        for _ in 1..<Suspicion.offers { #expect(suspicion.refused(&one) == .stepBack) }
        #expect(suspicion.wantsOthers)
        #expect(suspicion.refused(&one) == .setAside)
    }

    @Test mutating func `what was refused is set aside once others got through`() {
        var one = shipment(5..<6)
        #expect(suspicion.refused(&one) == .stepBack)
        suspicion.accepted(shipment(0..<9, sequence: 2))
        #expect(suspicion.refused(&one) == .setAside)
    }

    @Test mutating func `many payloads in a row that are bad as a whole make the destination suspect again`() {
        suspicion.accepted(shipment(0..<1))
        _ = search(0..<8) { _ in true }
        #expect(!suspicion.takesOthers)
        var next = shipment(20..<21)
        #expect(suspicion.refused(&next) == .stepBack)
    }

    @Test mutating func `a failure is the destination's until something else gets through, and then the payload's`() {
        var whole = shipment(0..<4)
        #expect(suspicion.failed(&whole) == .stepBack)
        #expect(suspicion.failed(&whole) == .stepBack)
        suspicion.accepted(shipment(0..<9, sequence: 2))
        #expect(suspicion.failed(&whole) == .divide)
    }

    @Test mutating func `a single item over which a destination fails is asked about twice while others get through`() {
        var one = shipment(0..<1)
        for sequence in 2..<4 {
            #expect(suspicion.failed(&one) == .stepBack)
            suspicion.accepted(shipment(0..<9, sequence: UInt64(sequence)))
        }
        #expect(suspicion.failed(&one) == .setAside)
        suspicion.setAside(one)
        #expect(!suspicion.wantsOthers)
    }

    @Test mutating func `first requests become smaller while bad items keep coming, and larger again`() {
        suspicion.accepted(shipment(0..<1))
        #expect(suspicion.firstItems == .max)
        for _ in 0..<3 { _ = search(0..<100) { $0 == 50 } }
        #expect(suspicion.firstItems == 512)
        for _ in 0..<3 { suspicion.accepted(shipment(0..<100)) }
        #expect(suspicion.firstItems == .max)
    }

    @Test mutating func `a connection that breaks is the destination's fault until it does so three times while others get through`() {
        var whole = shipment(0..<4)
        for _ in 0..<10 { #expect(suspicion.brokeOff(&whole) == .stepBack, "nothing else gets through") }
        for sequence in 2..<UInt64(Suspicion.resets + 1) {
            suspicion.accepted(shipment(0..<9, sequence: sequence))
            #expect(suspicion.brokeOff(&whole) == .stepBack)
        }
        suspicion.accepted(shipment(0..<9, sequence: 9))
        #expect(suspicion.brokeOff(&whole) == .divide)
    }

    @Test mutating func `a single item at which connections break is set aside after four times, and what gets through is forgiven`() {
        var one = shipment(0..<1)
        #expect(suspicion.brokeOff(&one) == .stepBack)
        for sequence in 2..<UInt64(Suspicion.resetsOfLastItem + 1) {
            suspicion.accepted(shipment(0..<9, sequence: sequence))
            #expect(suspicion.brokeOff(&one) == .stepBack)
        }
        suspicion.accepted(shipment(0..<9, sequence: 9))
        var late = self
        #expect(late.suspicion.brokeOff(&one) == .setAside)
        suspicion.accepted(one)
        #expect(!suspicion.wantsOthers)
        #expect(suspicion.brokeOff(&one) == .stepBack, "it counts from the beginning")
    }
}
