internal import CausewayOTLP

/// Reads conversations in the JSON of whoever wrote them and writes them in that of the GenAI conventions (v1.41: a list of
/// messages, each a role and parts).
///
/// Understood are the conventions' own messages, those of OpenAI (both interfaces), Anthropic, Bedrock, Gemini, LangChain, Haystack
/// and Genkit, bare texts, and the requests and answers around them. Members that are known are translated, those that say
/// nothing are left out, all others are kept as they are.
struct MessageReader: Sendable {
    enum Outcome: Equatable {
        /// It is as the conventions have it.
        case canonical
        /// `output` is.
        case made
        /// No conversation that anyone knows.
        case unknown
    }

    enum Side { case input, output, system }

    var outline = JSONOutline()
    var output: [UInt8] = []
    /// Why the answers ended, one for each, as the source has it.
    var finishReasons: [[UInt8]] = []
    /// Members of what stood around the messages and is none of them: the nodes of their names.
    var extras: [Int] = []
    /// The source's text of tool definitions that stood in the request.
    var tools: Int?
    var inner = JSONOutline()
    var temporary: [UInt8] = []
    var hasParts = false

    /// Where what is being made begins in `output`.
    private(set) var start = 0

    /// `appending`: what is made goes behind what is in `output`.
    mutating func read(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        as side: Side,
        appending: Bool = false
    )
        -> Outcome
    {
        if !appending { output.removeAll(keepingCapacity: true) }
        start = output.count
        // Long content is made in one piece of memory, and not in ever larger ones.
        let room = start + range.count + range.count / 16 + 256
        if range.count > 4096, output.capacity < room { output.reserveCapacity(max(room, output.capacity * 2)) }
        let outcome = translate(bytes, range, side)
        if outcome != .made { output.removeLast(output.count - start) }
        return outcome
    }

    /// `again`: the text was taken out of other text, so that nothing of it is there as it came.
    mutating func translate(_ bytes: [UInt8], _ range: Range<Int>, _ side: Side, again: Bool = false) -> Outcome {
        finishReasons.removeAll(keepingCapacity: true)
        tools = nil
        extras.removeAll(keepingCapacity: true)
        let text = bytes.trimmed(range)
        let isJSON = !text.isEmpty && [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\"")].contains(bytes[text.lowerBound])
        guard isJSON, outline.read(bytes, text) else {
            if isJSON, !again, let shown = shown(bytes, text, side) { return shown }
            // JSON that is cut off is no text that anybody wrote.
            guard !isJSON || !Self.looksBroken(bytes, text) else { return .unknown }
            return plain(bytes, range, side)
        }
        if outline.kind(0) == .string {
            temporary.removeAll(keepingCapacity: true)
            outline.text(0, to: &temporary)
            if !again, let inner = unpacked(temporary, side) { return inner }
            return plain(temporary, temporary.indices, side)
        }
        if isCanonical(0, side) {
            noteFinishReasons()
            if again { output.append(contentsOf: bytes[text]) }
            return again ? .made : .canonical
        }
        if !again, let packed = packed() {
            if let inner = unpacked(packed, side) { return inner }
            guard outline.read(bytes, text) else { return .unknown }
        }
        output.append(UInt8(ascii: "["))
        let isRead = side == .system ? system(0) : conversation(0, side)
        guard isRead, output.count > start + 1 else { return .unknown }
        output.append(UInt8(ascii: "]"))
        return .made
    }

    private static func looksBroken(_ bytes: [UInt8], _ text: Range<Int>) -> Bool {
        guard bytes[text.lowerBound] == UInt8(ascii: "{") else { return bytes[text.lowerBound] == UInt8(ascii: "[") }
        let rest = bytes.trimmed(text.lowerBound + 1..<text.upperBound)
        return bytes[rest].first == UInt8(ascii: "\"")
    }

    /// One message, or one text part, from bare text.
    mutating func plain(_ bytes: [UInt8], _ range: Range<Int>, _ side: Side) -> Outcome {
        guard !range.isEmpty else { return .unknown }
        output.append(UInt8(ascii: "["))
        if side == .system {
            open("text")
            write(",\"content\":")
            JSONEscapes.quote(bytes, range, to: &output)
            write("}]")
        } else {
            write(
                side == .input
                    ? "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":"
                    : "{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":"
            )
            JSONEscapes.quote(bytes, range, to: &output)
            write("}]}]")
        }
        return .made
    }
}

/// Writing JSON.
extension MessageReader {
    mutating func write(_ text: String) {
        for byte in text.utf8 { output.append(byte) }
    }

    mutating func quote(_ word: String) {
        write("\"")
        write(word)
        write("\"")
    }

    mutating func open(_ type: String) {
        separate()
        hasParts = true
        write("{\"type\":")
        quote(type)
    }

    /// A comma, if something stands before that needs one.
    mutating func separate() {
        if let last = output.last, last != UInt8(ascii: "["), last != UInt8(ascii: "{"), last != UInt8(ascii: ":") { write(",") }
    }

    mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        write(",")
        quote(name)
        write(":")
        outline.copy(value, to: &output)
    }

    /// A value as a string of its JSON.
    mutating func quoted(_ node: Int) {
        JSONEscapes.quote(outline.bytes, outline.source(node), to: &output)
    }

    /// JSON in a string is taken out of it, once.
    mutating func decoded(_ node: Int) {
        guard outline.kind(node) == .string else { return outline.copy(node, to: &output) }
        temporary.removeAll(keepingCapacity: true)
        outline.text(node, to: &temporary)
        let text = temporary.trimmed(temporary.indices)
        if let first = temporary[text].first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["), inner.read(temporary, text) {
            output.append(contentsOf: temporary[text])
        } else {
            outline.copy(node, to: &output)
        }
        inner.forget()
    }
}
