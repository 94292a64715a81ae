/// Changes to the fields of a payload's messages, gathered in any order and made in one pass.
///
/// What is not changed is copied as it came; only the lengths of what encloses a change are written anew. A message is named by
/// the range of its contents, which no two messages share the beginning of.
package struct Patch: Sendable {
    private struct Change {
        /// Where the contents of the message begin in which the change lies.
        var message: Int
        /// The fields that go; empty to add at the end of the message.
        var range: Range<Int>
        /// What comes instead, in `written`.
        var replacement: Range<Int>
    }

    private var changes: [Change] = []
    private var written: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { changes.isEmpty }

    /// Leaves out the fields at `range`, which lies between two fields of `message`.
    package mutating func remove(_ range: Range<Int>, in message: Range<Int>) {
        replace(range, in: message) { _ in }
    }

    /// Adds whole fields at the end of `message`.
    package mutating func append(to message: Range<Int>, _ write: (inout [UInt8]) -> Void) {
        replace(message.upperBound..<message.upperBound, in: message, write)
    }

    /// Puts whole fields in place of those at `range`. A part that is replaced twice is what it was replaced with first.
    package mutating func replace(_ range: Range<Int>, in message: Range<Int>, _ write: (inout [UInt8]) -> Void) {
        precondition(message.lowerBound <= range.lowerBound && range.upperBound <= message.upperBound)
        let start = written.count
        write(&written)
        guard !range.isEmpty || written.count > start else { return }
        changes.append(Change(message: message.lowerBound, range: range, replacement: start..<written.count))
    }

    /// The changed payload; the same array if there is no change.
    package func applied(to payload: [UInt8]) -> [UInt8] {
        guard !changes.isEmpty else { return payload }
        let changes = effective()
        var enclosing = Enclosing(payload)
        for change in changes { enclosing.add(change.replacement.count - change.range.count, to: change.message) }
        let lengths = enclosing.lengths()

        var output: [UInt8] = []
        output.reserveCapacity(payload.count + enclosing.growth)
        var position = 0
        var next = 0
        for change in changes {
            // A message's length lies before all that changes inside it.
            while next < lengths.count, lengths[next].range.lowerBound < change.range.lowerBound {
                output.append(contentsOf: payload[position..<lengths[next].range.lowerBound])
                Varint.append(lengths[next].value, to: &output)
                position = lengths[next].range.upperBound
                next += 1
            }
            output.append(contentsOf: payload[position..<change.range.lowerBound])
            output.append(contentsOf: written[change.replacement])
            position = change.range.upperBound
        }
        output.append(contentsOf: payload[position...])
        return output
    }

    /// The changes in the order of the payload, without those inside a part that goes anyway.
    private func effective() -> [Change] {
        // What is added at the end of a message comes before what replaces the field behind it; of two messages that end
        // together the inner one, which begins later, comes first.
        let order = changes.indices.sorted { left, right in
            let (a, b) = (changes[left], changes[right])
            if a.range.lowerBound != b.range.lowerBound { return a.range.lowerBound < b.range.lowerBound }
            if a.range.isEmpty != b.range.isEmpty { return a.range.isEmpty }
            if a.message != b.message { return a.message > b.message }
            if a.range.upperBound != b.range.upperBound { return a.range.upperBound > b.range.upperBound }
            return left < right
        }
        var kept: [Change] = []
        kept.reserveCapacity(changes.count)
        var gone = 0..<0
        for index in order {
            let change = changes[index]
            if change.range.isEmpty {
                // At the end of what goes: inside it, or in the message that it leaves?
                if gone.lowerBound < change.message && change.message <= gone.upperBound { continue }
            } else if change.range.lowerBound < gone.upperBound {
                continue
            } else {
                gone = change.range
            }
            kept.append(change)
        }
        return kept
    }
}

/// The messages that enclose the changes, found by walking down to them in the order of the payload.
private struct Enclosing {
    private struct Message {
        var contents: Range<Int>
        /// The bytes that hold the length now.
        var length: Range<Int>
        var parent: Int
        var growth = 0
        /// Where to look for the next message inside.
        var unread: Int
    }

    private let payload: [UInt8]
    /// The payload itself first, then each message after the one that contains it.
    private var messages: [Message]
    /// From the payload down to where the last change was.
    private var open = [0]

    init(_ payload: [UInt8]) {
        self.payload = payload
        messages = [Message(contents: 0..<payload.count, length: 0..<0, parent: 0, unread: 0)]
    }

    /// By how much the whole grows; known after `lengths`.
    var growth: Int { messages[0].growth }

    /// Notes that the message whose contents begin at `start` grows by `growth`.
    mutating func add(_ growth: Int, to start: Int) {
        messages[find(start)].growth += growth
    }

    private mutating func find(_ start: Int) -> Int {
        // Nothing but a message that contains `start` reaches both sides of it: before it lie the tag and length of the one sought.
        while let last = open.last, start < messages[last].contents.lowerBound || messages[last].contents.upperBound < start {
            open.removeLast()
        }
        while let last = open.last, messages[last].contents.lowerBound != start {
            let inner = Self.field(around: start, in: messages[last].unread..<messages[last].contents.upperBound, payload.span)
            guard let inner else { preconditionFailure("a change lies in no message of the payload") }
            messages[last].unread = inner.range.upperBound
            let length = Varint.end(payload, inner.range.lowerBound)..<inner.contents.lowerBound
            open.append(messages.count)
            messages.append(Message(contents: inner.contents, length: length, parent: last, unread: inner.contents.lowerBound))
        }
        guard let last = open.last else { preconditionFailure("a change lies outside the payload") }
        return last
    }

    /// The first field whose contents reach from before `start` to it or beyond.
    private static func field(around start: Int, in message: Range<Int>, _ bytes: Span<UInt8>) -> WireField? {
        var fields = FieldReader(message)
        while let field = fields.next(bytes) {
            guard field.type == .lengthDelimited, field.contents.lowerBound <= start, start <= field.contents.upperBound else { continue }
            return field
        }
        return nil
    }

    /// The lengths to write, in the order of the payload.
    mutating func lengths() -> [(range: Range<Int>, value: Int)] {
        for index in messages.indices.dropFirst().reversed() {
            let message = messages[index]
            let length = Varint.length(message.contents.count + message.growth)
            messages[message.parent].growth += message.growth + length - message.length.count
        }
        return messages.dropFirst().map { ($0.length, $0.contents.count + $0.growth) }
    }
}
