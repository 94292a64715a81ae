import Testing

@testable import CausewayReceivers

/// Lines out of a stream of bytes.
struct LineSplitterTests {
    private func lines(_ pieces: [String], limit: Int = 20, ends: Bool = true) -> [LineSplitter.Line] {
        var splitter = LineSplitter(limit: limit)
        var found: [LineSplitter.Line] = []
        for piece in pieces { splitter.take(Array(piece.utf8)) { found.append($0) } }
        if ends { splitter.finish { found.append($0) } }
        return found
    }

    private func line(_ number: Int, _ text: String) -> LineSplitter.Line { LineSplitter.Line(number: number, bytes: Array(text.utf8)) }

    @Test func `lines are the same however the bytes come`() {
        let text = "{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}"
        let whole = lines([text])
        #expect(whole == [line(1, "{\"a\":1}"), line(4, "{\"b\":2}"), line(5, "{\"c\":3}")])
        for cut in 1..<text.utf8.count {
            let bytes = Array(text.utf8)
            let pieces = [bytes[..<cut], bytes[cut...]].map { String(decoding: $0, as: UTF8.self) }
            #expect(lines(pieces) == whole)
        }
    }

    @Test func `a line that is too long is left out alone, and never held`() {
        var splitter = LineSplitter(limit: 20)
        var found: [LineSplitter.Line] = []
        splitter.take(Array("{\"a\":1}\n".utf8)) { found.append($0) }
        for _ in 0..<1000 {
            splitter.take(Array(repeating: UInt8(ascii: "x"), count: 1000)) { found.append($0) }
            #expect(splitter.heldBytes <= 20)
        }
        splitter.take(Array("\n{\"b\":2}\n".utf8)) { found.append($0) }
        #expect(found == [line(1, "{\"a\":1}"), LineSplitter.Line(number: 2, bytes: [], fault: .tooLong), line(3, "{\"b\":2}")])
    }

    @Test func `a last line is taken if it is whole, and told of if it is not`() {
        #expect(lines(["{\"a\":1}\n{\"b\":2} "]) == [line(1, "{\"a\":1}"), line(2, "{\"b\":2}")])
        #expect(lines(["{\"a\":1}\n{\"b\":"]) == [line(1, "{\"a\":1}"), LineSplitter.Line(number: 2, bytes: [], fault: .cutOff)])
        #expect(lines(["{\"a\":1}\n{\"b\":"], ends: false) == [line(1, "{\"a\":1}")])
    }

    @Test func `a byte order mark before the first line is no part of it`() {
        var splitter = LineSplitter(limit: 20)
        var found: [LineSplitter.Line] = []
        splitter.take([0xEF, 0xBB, 0xBF] + Array("{}\n".utf8)) { found.append($0) }
        #expect(found == [line(1, "{}")])
    }

    @Test func `what was consumed ends with a line`() {
        var splitter = LineSplitter(limit: 20)
        splitter.take(Array("ab\ncd".utf8)) { _ in }
        #expect(splitter.consumed == 3)
        splitter.take(Array("e\nf".utf8)) { _ in }
        #expect(splitter.consumed == 7)
    }
}
