import Testing

@testable import CausewayExporters

struct DestinationStatusTests {
    @Test func `a duration falls into the first bucket that is wide enough`() {
        var histogram = DurationHistogram()
        for milliseconds in [0, 5, 6, 10_000, 10_001, 99_999] { histogram.add(.milliseconds(milliseconds)) }
        #expect(histogram.counts == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
        #expect(histogram.count == 6)
        #expect(histogram.sum == .milliseconds(120_011))
    }
}
