import CausewayModel
@testable import CausewayOTLP
import CausewaySpool
import Testing

@testable import Causeway

/// The first law of the books, over restarts.
struct IntakeCountsTests {
    private func admitted(_ items: Int, refused: Int = 0) -> Admitted {
        Admitted(
            payload: [],
            items: items,
            refused: refused,
            refusals: refused > 0 ? [.traceID: refused] : [:],
            repairedStrings: 0,
            clearedIDs: 0
        )
    }

    private func saved(_ numbers: IntakeCounts.Numbers) throws -> IntakeCounts.Numbers {
        let payload = [UInt8](IntakeReport.json(numbers).text().utf8)
        return try #require(IntakeCounts.Numbers(Checkpoint(version: 1, sequence: 9, payload: payload)))
    }

    @Test func `what is kept is read back, and the law holds after a restart whatever came in between`() throws {
        let counts = IntakeCounts(appended: [.traces: 5])
        counts.count(admitted(10, refused: 2), .traces)
        counts.countStored(7, .traces)
        counts.countRepeated(3, .traces)
        counts.count(admitted(4), .logs)
        counts.countUnstored(4, .logs, .full(reason: "full"))
        // Under way when it is kept.
        counts.count(admitted(6), .traces)
        let numbers = counts.snapshot
        #expect(numbers.unanswered(.traces) == 6 && numbers.unanswered(.logs) == 0)
        #expect(try saved(numbers) == numbers)
        // Four of the six became durable before the bridge was killed.
        let again = IntakeCounts(appended: [.traces: 16], earlier: try saved(numbers)).snapshot
        #expect(again.decodedItems == [.traces: 16 + 2 + 3, .logs: 4])
        #expect(Signal.allCases.allSatisfy { again.unanswered($0) == 0 })
    }

    @Test func `numbers are kept when they have changed`() {
        let counts = IntakeCounts(appended: [:])
        #expect(counts.takeChanged() == nil)
        counts.count(admitted(1), .traces)
        #expect(counts.takeChanged() != nil && counts.takeChanged() == nil)
        counts.markChanged()
        #expect(counts.takeChanged() != nil)
    }

    @Test(arguments: [
        ("{}", true), ("[]", true), ("", false), ("{\"decoded\":[{\"signal\":\"traces\",\"items\":\"many\"}]}", true),
    ])
    func `what is not as it should be is no trap`(text: String, isRead: Bool) {
        #expect((IntakeCounts.Numbers(Checkpoint(version: 1, sequence: 0, payload: [UInt8](text.utf8))) != nil) == isRead)
        #expect(IntakeCounts.Numbers(Checkpoint(version: 2, sequence: 0, payload: [UInt8](text.utf8))) == nil)
    }
}
