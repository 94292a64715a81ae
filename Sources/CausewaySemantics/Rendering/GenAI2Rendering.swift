internal import CausewayOTLP

/// The GenAI conventions of v1.37 to v1.41: what is stored, but for what their schema of messages demands and others leave out.
enum GenAI2Rendering: Renderer {
    static func render(_ span: inout ItemRendering) { finishReasons(&span) }

    static func render(record: inout ItemRendering) { finishReasons(&record) }

    /// In this generation every answer says why it ended.
    private static func finishReasons(_ item: inout ItemRendering) {
        guard let range = item.textRange(.outputMessages), !item.payload[range].contains("\"finish_reason\""),
            let messages = item.json(.outputMessages), messages.kind(0) == .array
        else { return }
        let reasons = item.texts(.finishReasons)
        var text: [UInt8] = [UInt8(ascii: "[")]
        for (number, message) in messages.elements(0).enumerated() {
            if number > 0 { text.append(UInt8(ascii: ",")) }
            messages.copy(message, to: &text)
            guard messages.kind(message) == .object, text.last == UInt8(ascii: "}") else { continue }
            text.removeLast()
            text += Array(",\"finish_reason\":".utf8)
            let reason = number < reasons.count ? reasons[number] : reasons.first
            if let reason, !item.payload.holds("tool_calls", at: reason) {
                JSONEscapes.quote(item.payload, reason, to: &text)
            } else {
                text += Array((reason == nil ? "\"stop\"" : "\"tool_call\"").utf8)
            }
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "]"))
        item.drop(.outputMessages)
        item.put(Field.outputMessages.key, text: text)
    }
}

extension ArraySlice<UInt8> {
    /// Whether these bytes are in it.
    fileprivate func contains(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first, count >= word.count else { return false }
        var index = startIndex
        while index <= endIndex - word.count {
            if self[index] == first, self[index..<index + word.count].elementsEqual(word) { return true }
            index += 1
        }
        return false
    }
}
