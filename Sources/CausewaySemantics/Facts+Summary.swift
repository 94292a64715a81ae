internal import CausewayOTLP

/// What is made from content before a policy may take it away: the call's hash, sizes, and a line about what was asked.
extension Facts {
    mutating func summarize() {
        guard kind == .span else { return }
        if operation == .executeTool {
            size(of: .toolArguments, Self.requestSizeKey)
            size(of: .toolResult, Self.responseSizeKey)
            hash(.toolName, .toolArguments)
        } else if operation?.isModelCall == true {
            hash(isKnown(.requestModel) ? .requestModel : .responseModel, .inputMessages)
        }
        if options.summaryLength > 0, !isKnown(.inputSummary), isRoot || operation == .invokeAgent || operation == .invokeWorkflow {
            summarizeInput()
        }
    }

    private mutating func size(of field: Field, _ key: [UInt8]) {
        let fact = slots[Int(field.rawValue)].fact
        guard !fact.isNone, entry(key) == nil else { return }
        added.attribute(attributesField, key, int: Int64(bytes(fact).count))
    }

    private mutating func hash(_ name: Field, _ content: Field) {
        let fact = slots[Int(content.rawValue)].fact
        // A part of the span had it made, when nothing had been taken away yet.
        guard isKnown(name), !fact.isNone, entry(Self.hashKey) == nil else { return }
        var hash = CallHash(options.callKey)
        let called = bytes(slots[Int(name.rawValue)].fact)
        let digits: [UInt8]
        switch fact {
        case .text(let range): digits = hash.hash(called, payload, range)
        case .made(let range): digits = hash.hash(called, scratch, range)
        default: return
        }
        added.attribute(attributesField, Self.hashKey, text: digits)
    }

    private static let requestSizeKey = Array("causeway.tool.request.size".utf8)
    private static let responseSizeKey = Array("causeway.tool.response.size".utf8)
    private static let hashKey = Array("causeway.call.hash".utf8)

    private mutating func summarizeInput() {
        let fact = slots[Int(Field.inputMessages.rawValue)].fact
        guard !fact.isNone, bytes(fact).count < 1 << 20, outline.read(Array(bytes(fact)), 0..<bytes(fact).count) else { return }
        defer { outline.forget() }
        for message in outline.elements(0) {
            guard let role = outline.member("role", of: message), outline.holds(role, "user"),
                let parts = outline.member("parts", of: message)
            else { continue }
            for part in outline.elements(parts) {
                guard let type = outline.member("type", of: part), outline.holds(type, "text"),
                    let text = outline.string(outline.member("content", of: part)), !text.isEmpty
                else { continue }
                current = .max - 1
                put(.inputSummary, make(Array(Self.beginning(text, options.summaryLength).utf8)))
                return
            }
        }
    }

    /// At most so many characters, in one line, cut between words.
    static func beginning(_ text: String, _ length: Int) -> String {
        // Enough for a line, however it is spaced; no more of a long text is looked at.
        let most = length * 2 + 64
        if let plain = plainBeginning(text.utf8, length, most) { return plain }
        let line = text.prefix(most).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.count > length || !text.dropFirst(most).isEmpty else { return line }
        let start = line.prefix(length)
        let end = start.lastIndex(of: " ") ?? start.endIndex
        return start[..<end] + "…"
    }

    /// The same where what is looked at is ASCII, so that each byte is a character; nil where it is not.
    private static func plainBeginning(_ text: String.UTF8View, _ length: Int, _ most: Int) -> String? {
        var line: [UInt8] = []
        line.reserveCapacity(length + 4)
        var (seen, isBetween, isCut) = (0, false, false)
        for byte in text {
            guard byte < 0x80 else { return nil }
            if seen == most {
                isCut = true
                break
            }
            seen += 1
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                isBetween = true
                continue
            }
            if isBetween && !line.isEmpty { line.append(0x20) }
            isBetween = false
            line.append(byte)
            if line.count > length {
                isCut = true
                break
            }
        }
        guard isCut else { return String(decoding: line, as: UTF8.self) }
        line = [UInt8](line.prefix(length))
        if let end = line.lastIndex(of: 0x20) { line.removeSubrange(end...) }
        return String(decoding: line, as: UTF8.self) + "…"
    }
}
