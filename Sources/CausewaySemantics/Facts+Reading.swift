internal import CausewayModel
internal import CausewayOTLP

/// How values are read: numbers as text, text in quotes, units, words that mean nothing.
extension Facts {
    /// What a value says when read so: `none` if it says that there is nothing, nil if it is not understood.
    mutating func read(_ value: ValueView, _ reading: Reading) -> Fact? {
        // Headers come as lists, mostly of one value.
        if case .array(let range) = value, reading.isPlain, let only = ValueView.only(in: range, payload) { return read(only, reading) }
        switch reading {
        case .text, .operation: return text(value)
        case .quotedText: return quotedText(value)
        case .provider: return provider(value)
        case .model: return model(value)
        case .count: return count(value)
        case .integer: return integer(value).map { .int($0) }
        case .number: return number(value).map { .double($0) }
        case .flag: return flag(value)
        case .seconds: return number(value).flatMap { $0 >= 0 ? .double($0) : nil }
        case .milliseconds: return number(value).flatMap { $0 >= 0 ? .double($0 / 1e3) : nil }
        case .microseconds: return number(value).flatMap { $0 >= 0 ? .double($0 / 1e6) : nil }
        case .nanoseconds: return number(value).flatMap { $0 >= 0 ? .double($0 / 1e9) : nil }
        case .moment: return moment(value)
        case .texts: return texts(value, each: { _, _ in nil })
        case .finishReasons: return texts(value, each: FinishReason.canonical)
        case .content, .quotedContent, .callArguments, .inputMessages, .outputMessages, .systemInstructions, .toolDefinitions, .documents:
            switch value {
            case .string(let range): return Placeholder.isNone(payload, range) ? Fact.none : .pending
            case .empty: return Fact.none
            default: return .pending
            }
        case .redundant: return Fact.none
        }
    }

    private mutating func text(_ value: ValueView) -> Fact? {
        switch value {
        case .string(let range): return Placeholder.isNone(payload, range) ? Fact.none : .text(range)
        case .int(let number): return make(Array(String(number).utf8))
        case .double(let number): return make(Array(number.description.utf8))
        case .bool(let flag): return make(Array(flag ? "true".utf8 : "false".utf8))
        case .empty: return Fact.none
        case .array, .map, .bytes: return nil
        }
    }

    private mutating func quotedText(_ value: ValueView) -> Fact? {
        guard case .string(let range) = value, range.count >= 2, payload[range.lowerBound] == UInt8(ascii: "\""),
            outline.read(payload, range), outline.kind(0) == .string
        else { return text(value) }
        var bytes: [UInt8] = []
        outline.text(0, to: &bytes)
        return Placeholder.isNone(bytes, bytes.indices) ? Fact.none : make(bytes)
    }

    private mutating func provider(_ value: ValueView) -> Fact? {
        guard case .string(let range) = value else { return nil }
        if Placeholder.isNone(payload, range) { return Fact.none }
        if Provider.isCanonical(payload, range) { return .text(range) }
        if payload[range.lowerBound] == UInt8(ascii: "\""), case .made(let inside)? = quotedText(value) {
            switch Provider.canonical(scratch.text(inside)) {
            case .provider(let name): return make(Array(name.utf8))
            case .framework:
                framework = .made(inside)
                wasFramework = true
                return Fact.none
            }
        }
        switch Provider.canonical(payload.text(range)) {
        case .provider(let name): return payload.holds(name, at: range) ? .text(range) : make(Array(name.utf8))
        case .framework:
            framework = .text(range)
            wasFramework = true
            return Fact.none
        }
    }

    /// A word that stands where a model's name belongs and is none.
    private func model(_ value: ValueView) -> Fact? {
        guard case .string(let range) = value else { return nil }
        for word in ["chat", "unknown", "none", "FallbackAdapter"] where payload.holds(word, at: range) { return Fact.none }
        return Placeholder.isNone(payload, range) ? Fact.none : .text(range)
    }

    private func count(_ value: ValueView) -> Fact? {
        switch value {
        case .empty: return Fact.none
        case .string(let range) where Placeholder.isNone(payload, range): return Fact.none
        default: break
        }
        guard let count = integer(value), count >= 0 else { return nil }
        return .int(count)
    }

    private func integer(_ value: ValueView) -> Int64? {
        switch value {
        case .int(let number): return number
        case .double(let number): return Int64(exactly: number)
        case .string(let range):
            let range = payload.trimmed(range)
            guard !range.isEmpty, JSONNumber.end(of: payload, from: range.lowerBound, before: range.upperBound) == range.upperBound else {
                return nil
            }
            return JSONNumber.integer(payload, range).int64
        case .bool, .empty, .array, .map, .bytes: return nil
        }
    }

    private func number(_ value: ValueView) -> Double? {
        switch value {
        case .int(let number): return Double(number)
        case .double(let number): return number.isFinite ? number : nil
        case .string(let range):
            let range = payload.trimmed(range)
            guard !range.isEmpty, JSONNumber.end(of: payload, from: range.lowerBound, before: range.upperBound) == range.upperBound else {
                return nil
            }
            return JSONNumber.double(payload, range)
        case .bool, .empty, .array, .map, .bytes: return nil
        }
    }

    private func flag(_ value: ValueView) -> Fact? {
        switch value {
        case .bool(let flag): return .bool(flag)
        case .string(let range):
            switch payload.text(range).lowercased() {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: return Placeholder.isNone(payload, range) ? Fact.none : nil
            }
        default: return nil
        }
    }

    /// Seconds from the item's beginning to a moment written out.
    private mutating func moment(_ value: ValueView) -> Fact? {
        guard let fact = quotedText(value), startNanoseconds > 0 else { return nil }
        let text: String
        switch fact {
        case .text(let range): text = payload.text(range)
        case .made(let range): text = scratch.text(range)
        default: return fact
        }
        guard let moment = Moment.nanoseconds(text), moment >= startNanoseconds else { return nil }
        return .double(Double(moment - startNanoseconds) / 1e9)
    }

    /// Whether a list of strings is empty, if it has nothing that would be changed; nil if it has.
    private func isAsItShouldBe(
        _ list: Range<Int>,
        _ each: (_ bytes: [UInt8], _ range: Range<Int>) -> String?
    ) -> Bool? {
        var isEmpty = true
        var elements = FieldReader(list)
        while let element = elements.next(payload) {
            guard element.number == 1, element.type == .lengthDelimited,
                case .string(let text) = ValueView(element.contents, payload),
                !Placeholder.isNone(payload, text), each(payload, text) == nil
            else { return nil }
            isEmpty = false
        }
        return isEmpty
    }

    /// A list of strings from a list, from JSON text, or from text with commas; `each` may have another word for an element.
    private mutating func texts(_ value: ValueView, each: (_ bytes: [UInt8], _ range: Range<Int>) -> String?) -> Fact? {
        var list = TextList()
        switch value {
        case .array(let range):
            // Most lists stay as they came.
            if let isEmpty = isAsItShouldBe(range, each) { return isEmpty ? Fact.none : .encoded(0..<0) }
            var isSame = true
            for element in ValueView.elements(of: range, payload) {
                guard case .string(let text) = element else { return nil }
                if Placeholder.isNone(payload, text) {
                    isSame = false
                } else if let word = each(payload, text) {
                    list.append(Array(word.utf8))
                    isSame = false
                } else {
                    list.append(Array(payload[text]))
                }
            }
            if list.isEmpty { return Fact.none }
            // An empty range: as it came.
            if isSame { return .encoded(0..<0) }
        case .string(let range):
            if Placeholder.isNone(payload, range) { return Fact.none }
            if payload[range.lowerBound] == UInt8(ascii: "\""), outline.read(payload, range), outline.kind(0) == .string {
                var bytes: [UInt8] = []
                outline.text(0, to: &bytes)
                if !Placeholder.isNone(bytes, bytes.indices) { list.append(bytes, each) }
            } else if payload[range.lowerBound] == UInt8(ascii: "["), outline.read(payload, range), outline.kind(0) == .array {
                var node = outline.firstChild(0)
                while let element = node {
                    guard outline.kind(element) == .string else { return nil }
                    var bytes: [UInt8] = []
                    outline.text(element, to: &bytes)
                    if !Placeholder.isNone(bytes, bytes.indices) { list.append(bytes, each) }
                    node = outline.next(element, in: 0)
                }
            } else if !payload[range].contains(UInt8(ascii: ",")) {
                let word = payload.trimmed(range)
                if !Placeholder.isNone(payload, word) { list.append(Array(payload[word]), each) }
            } else {
                for part in payload[range].split(separator: UInt8(ascii: ",")) {
                    let part = payload.trimmed(part.startIndex..<part.endIndex)
                    if !Placeholder.isNone(payload, part) { list.append(Array(payload[part]), each) }
                }
            }
            if list.isEmpty { return Fact.none }
        case .empty: return Fact.none
        default: return nil
        }
        let start = scratch.count
        list.encode(to: &scratch)
        return .encoded(start..<scratch.count)
    }
}

extension ValueView {
    /// The value of a list that has one.
    fileprivate static func only(in array: Range<Int>, _ payload: [UInt8]) -> ValueView? {
        let elements = elements(of: array, payload)
        guard elements.count == 1, let only = elements.first else { return nil }
        if case .array = only { return nil }
        return only
    }
}

/// Strings on their way into an attribute.
struct TextList {
    private var elements: [[UInt8]] = []

    var isEmpty: Bool { elements.isEmpty }

    mutating func append(_ text: [UInt8]) { elements.append(text) }

    mutating func append(_ text: [UInt8], _ each: ([UInt8], Range<Int>) -> String?) {
        elements.append(each(text, text.indices).map { Array($0.utf8) } ?? text)
    }

    /// The contents of an AnyValue that is a list.
    func encode(to output: inout [UInt8]) {
        var list = WireWriter()
        list.header(field: 5, elements.reduce(0) { $0 + WireWriter.length(field: 1, WireWriter.length(field: 1, $1.count)) })
        for element in elements {
            list.header(field: 1, WireWriter.length(field: 1, element.count))
            list.field(1, element)
        }
        output.append(contentsOf: list.bytes)
    }
}

/// Words that stand for nothing.
enum Placeholder {
    private static let words: [[UInt8]] = [
        "null", "None", "N/A", "<not specified>", "<REDACTED>", "[REDACTED]", "__REDACTED__", "[Object]", "undefined",
    ].map { Array($0.utf8) }

    static func isNone(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        if range.isEmpty { return true }
        guard range.count <= 15 else { return false }
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "<"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "u"):
            return words.contains { bytes.holds($0, at: range) }
        default: return false
        }
    }
}

extension [UInt8] {
    /// Without white space around it.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] <= 0x20 { start += 1 }
        while start < end, self[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }
}
