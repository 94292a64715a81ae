import CausewaySpool
import Testing

@testable import Causeway

struct FrameListTests {
    private func range(_ log: UInt64, _ sequence: UInt64, _ items: Range<Int>) -> OriginRange {
        OriginRange(tenant: "", log: log, sequence: sequence, items: items)
    }

    @Test func `a list is written with the log's id where it changes, and read back`() {
        let list = FrameList([range(0xab, 17, 0..<10), range(0xab, 18, 3..<4), range(0xcd, 1, 0..<1)])
        #expect(list.text == "00000000000000ab:17[0-9],18[3-3],00000000000000cd:1[0-0]")
        #expect(FrameList(entries: list.text.split(separator: ",").map(String.init)) == list)
        #expect(FrameList(entries: list.text.split(separator: ",").map { " " + $0 }) == list)
        #expect(list.itemCount == 12)
    }

    @Test func `the longest list is below 7 KiB`() {
        let last = Int(UInt32.max) - 1
        let list = FrameList(
            (0..<FrameList.maxEntries).map { range(.max, .max - UInt64($0), last - 1..<last) }
        )
        #expect(list.text.utf8.count < 7 << 10)
    }

    @Test(arguments: [
        "17[0-9]", "ab:17[0-9]", "0000000000000000:17[0-9]", "00000000000000zz:17[0-9]", "00000000000000ab:[0-9]", "00000000000000ab:17",
        "00000000000000ab:17[0-9", "00000000000000ab:17[9-0]", "00000000000000ab:17[0-]", "00000000000000ab:17[-0]",
        "00000000000000ab:17[0]",
        "00000000000000ab:17[0-4294967295]", "00000000000000ab:99999999999999999999[0-1]", "00000000000000ab:+7[0-1]", "",
        "00000000000000ab:17[0-9]x", "00000000000000ab:17[0-1-2]",
    ])
    func `what is no list is not read as one`(entry: String) {
        #expect(FrameList(entries: [entry]) == nil)
    }
}
