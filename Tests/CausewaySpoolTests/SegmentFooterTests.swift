import Testing

@testable import CausewaySpool

struct SegmentFooterTests {
    @Test func `a footer read back says what was counted, also where damage cut the last group short`() throws {
        var counted = SegmentFooter(firstSequence: 7)
        var header = FrameHeader(kind: .mark, sequence: 8, payloadLength: 0)
        header.flags = .more
        let mark = Mark(deriver: "settle", number: 1, sequence: 7)
        counted.count(header, tenant: "", payload: mark.draft(receivedNanoseconds: 1).payload)

        let footer = try #require(SegmentFooter(payload: counted.payload(frameOffset: 4096)))
        #expect(footer.says(counted))
        counted.count(FrameHeader(kind: .otlp, sequence: 9, payloadLength: 0), tenant: "", payload: [])
        #expect(!footer.says(counted))
    }
}
