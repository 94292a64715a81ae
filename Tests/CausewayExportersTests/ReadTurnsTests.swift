import CausewaySpool
import Testing

@testable import CausewayExporters

struct ReadTurnsTests {
    private let hour: UInt64 = 3_600_000_000_000

    @Test func `who is not behind reads in the log's order`() {
        var turns = ReadTurns()
        for _ in 0..<20 {
            let place = turns.next(looksForOthers: false, orderedSignals: [])
            #expect(place == nil)
            turns.sawOldest(receivedNanoseconds: hour, now: hour + ReadTurns.backlogAge)
        }
    }

    @Test func `beside a backlog every fourth batch is of new data, until it is caught up with`() {
        var turns = ReadTurns()
        turns.sawOldest(receivedNanoseconds: hour, now: hour + ReadTurns.backlogAge + 1)
        let places = (0..<8).map { _ in turns.next(looksForOthers: false, orderedSignals: [2]) }
        #expect(places == [nil, nil, nil, .fresh(without: [2]), nil, nil, nil, .fresh(without: [2])])

        turns.sawOldest(receivedNanoseconds: hour, now: hour + 1)
        let later = (0..<8).map { _ in turns.next(looksForOthers: false, orderedSignals: [2]) }
        #expect(later.allSatisfy { $0 == nil })
    }

    @Test func `what came in the future by its clock is no backlog`() {
        var turns = ReadTurns()
        turns.sawOldest(receivedNanoseconds: 2 * hour, now: hour)
        let places = (0..<8).map { _ in turns.next(looksForOthers: false, orderedSignals: []) }
        #expect(places.allSatisfy { $0 == nil })
    }

    @Test func `every second batch looks behind what is under suspicion`() {
        var turns = ReadTurns()
        let places = (0..<4).map { _ in turns.next(looksForOthers: true, orderedSignals: []) }
        #expect(places == [nil, .ahead, nil, .ahead])
    }
}
