import CausewaySpool
import Testing

@testable import CausewayExporters

struct ItemRangesTests {
    let ranges = [ItemRange(sequence: 1, first: 2, count: 3), ItemRange(sequence: 2, first: 0, count: 4)]

    @Test(arguments: 0...7)
    func `splitting off the last items keeps every item once`(count: Int) {
        let (first, last) = ranges.splitOff(last: count)
        #expect(last.itemCount == count)
        #expect(Self.items(first) + Self.items(last) == Self.items(ranges))
    }

    @Test func `subtracting takes out what is common and nothing else`() {
        let rest = ranges.subtracting([
            ItemRange(sequence: 1, first: 3, count: 1), ItemRange(sequence: 2, first: 3, count: 9),
            ItemRange(sequence: 3, first: 0, count: 9),
        ])
        #expect(Self.items(rest) == ["1.2", "1.4", "2.0", "2.1", "2.2"])
        #expect(ranges.subtracting(ranges).isEmpty)
        #expect(ranges.subtracting([]) == ranges)
    }

    static func items(_ ranges: [ItemRange]) -> [String] {
        ranges.flatMap { range in (range.first..<range.first + range.count).map { "\(range.sequence).\($0)" } }
    }
}
