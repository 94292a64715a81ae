/// Takes a stream of bytes apart into lines, with a limit on what it holds of one that does not end.
package struct LineSplitter: Sendable {
    /// A line and its number in the stream, from 1.
    package struct Line: Equatable, Sendable {
        package var number: Int
        /// Without its end.
        package var bytes: [UInt8]
        /// Why there are no bytes.
        package var fault: Fault?
    }

    package enum Fault: Equatable, Sendable {
        case tooLong
        /// The stream ended within it.
        case cutOff
    }

    private let limit: Int
    /// The beginning of a line that has not ended.
    private var rest: [UInt8] = []
    /// What the line has beyond the limit is not kept.
    private var isOverLong = false
    /// Of the line that is coming.
    private var number: Int
    /// Bytes of all lines that were handed out.
    package private(set) var consumed = 0
    private var pending = 0

    /// `number` is the first line's.
    package init(limit: Int, number: Int = 1) {
        self.limit = limit
        self.number = number
    }

    /// What is held of a line that has not ended.
    package var heldBytes: Int { rest.count }
    package var nextNumber: Int { number }

    /// The same, counting bytes anew from the end of the last line.
    func counted() -> LineSplitter {
        var copy = self
        copy.consumed = 0
        return copy
    }

    /// The lines that end in these bytes; empty ones only count.
    package mutating func take(_ bytes: [UInt8], _ each: (Line) -> Void) {
        var start = 0
        while start < bytes.count {
            guard let end = Self.newline(bytes, start) else { break }
            finish(bytes[start..<end], each)
            pending += end + 1 - start
            consumed += pending
            pending = 0
            start = end + 1
        }
        guard start < bytes.count else { return }
        pending += bytes.count - start
        if isOverLong { return }
        if rest.count + bytes.count - start > limit {
            isOverLong = true
            rest = []
        } else {
            rest += bytes[start...]
        }
    }

    /// The end of the stream. A last line without an end is a line if it ends like one, or if it is known that the stream `isWhole`.
    package mutating func finish(isWhole: Bool = false, _ each: (Line) -> Void) {
        guard pending > 0 else { return }
        let isWhole = isWhole || rest.last { $0 > 0x20 } == UInt8(ascii: "}")
        if isOverLong || isWhole || !rest.contains(where: { $0 > 0x20 }) {
            finish([], each)
        } else {
            each(Line(number: number, bytes: [], fault: .cutOff))
            (rest, isOverLong) = ([], false)
            number += 1
        }
        consumed += pending
        pending = 0
    }

    private mutating func finish(_ last: ArraySlice<UInt8>, _ each: (Line) -> Void) {
        defer {
            rest = []
            isOverLong = false
            number += 1
        }
        if isOverLong || rest.count + last.count > limit {
            each(Line(number: number, bytes: [], fault: .tooLong))
            return
        }
        var line = rest.isEmpty ? Array(last) : rest + last
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        while let byte = line.last, byte <= 0x20 { line.removeLast() }
        if line.contains(where: { $0 > 0x20 }) { each(Line(number: number, bytes: line)) }
    }

    private static func newline(_ bytes: [UInt8], _ start: Int) -> Int? {
        let span = bytes.span
        var index = start
        while index < span.count {
            if span[index] == UInt8(ascii: "\n") { return index }
            index &+= 1
        }
        return nil
    }
}
