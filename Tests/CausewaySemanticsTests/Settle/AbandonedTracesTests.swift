import Testing

@testable import CausewaySemantics

struct AbandonedTracesTests {
    @Test func `so many traces that were given up are remembered as there is room for`() {
        var known = AbandonedTraces(most: 3)
        for fingerprint in [1, 2, 2, 3, 4, 5] as [UInt64] { known.insert(fingerprint) }
        #expect((1...5).map { known.holds($0) } == [false, false, true, true, true])
        let again = AbandonedTraces(known.bytes, most: 2)
        #expect((1...5).map { again.holds($0) } == [false, false, false, true, true])
    }

    @Test func `nothing that was saved is too damaged to begin with`() {
        #expect(AbandonedTraces([1, 2, 3], most: 2).isEmpty)
        #expect(AbandonedTraces([1, 0, 0, 0, 0, 0, 0, 0, 9], most: 2).holds(1))
    }
}
