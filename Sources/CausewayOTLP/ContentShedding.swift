package import CausewayModel

/// Takes the message content out of stored telemetry and leaves everything else: what is left of spans when room gets short.
///
/// Items, their order, structure, tokens, cost, failures and exceptions stay. What has lost something says so: `causeway.content.shed`.
package enum ContentShedding {
    package static let mark = "causeway.content.shed"

    /// The payload without message content; nil when there is none in it.
    package static func shed(_ payload: [UInt8], signal: Signal) -> [UInt8]? {
        var editor = PayloadEditor(payload)
        var isChanged = false
        for resource in RequestView(payload, signal: signal).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                switch signal {
                case .traces:
                    for span in scope.spans(payload) {
                        guard let edit = edit(span, payload) else { continue }
                        editor.apply(edit, to: span)
                        isChanged = true
                    }
                case .logs:
                    for record in scope.logRecords(payload) {
                        guard let edit = edit(record, payload) else { continue }
                        editor.apply(edit, to: record)
                        isChanged = true
                    }
                case .metrics: break
                }
            }
        }
        return isChanged ? editor.edited() : nil
    }

    private static func edit(_ span: SpanView, _ payload: [UInt8]) -> SpanEdit? {
        var edit = SpanEdit()
        removeContent(of: span.attributes, payload, isMessage: false, from: &edit.attributes)
        for (index, event) in span.events(payload).enumerated() {
            var attributes = AttributeEdit()
            let isMessage = MessageContent.isMessage(payload.text(event.name))
            removeContent(of: event.attributes, payload, isMessage: isMessage, from: &attributes)
            if !attributes.isEmpty { edit.eventAttributes[index] = attributes }
        }
        guard !edit.isEmpty else { return nil }
        edit.attributes.set(mark, true)
        return edit
    }

    private static func edit(_ record: LogRecordView, _ payload: [UInt8]) -> LogRecordEdit? {
        var name = payload.text(record.eventName)
        if name.isEmpty { name = record.attributes.value("event.name", payload)?.string(payload) ?? "" }
        let body = record.body.copied(payload)
        let isMessage = MessageContent.isMessage(name) || isConversation(body)
        var edit = LogRecordEdit()
        removeContent(of: record.attributes, payload, isMessage: isMessage, from: &edit.attributes)
        if isMessage, let structure = structure(of: body, named: name) { edit.body = structure }
        guard !edit.isEmpty else { return nil }
        edit.attributes.set(mark, true)
        return edit
    }

    private static func removeContent(
        of attributes: AttributeList,
        _ payload: [UInt8],
        isMessage: Bool,
        from edit: inout AttributeEdit
    ) {
        var list = attributes
        while let attribute = list.next(payload) {
            let key = payload.text(attribute.key)
            if MessageContent.isContent(key) || (isMessage && !MessageContent.isStructure(ofMessage: key)) { edit.remove(key) }
        }
    }

    /// What is left of a message's body; nil when nothing has to go.
    private static func structure(of body: AttributeValue, named name: String) -> AttributeValue? {
        switch body {
        case .empty: return nil
        case .map(let members):
            let left = members.filter { member in
                switch member.value {
                case .array, .map: false
                case .empty, .string, .bool, .int, .double, .bytes: MessageContent.isStructure(ofMessage: member.key)
                }
            }
            return left.count == members.count ? nil : .map(left)
        // Some say the event's name once more, in words.
        case .string(let text): return text == name ? nil : .empty
        case .bool, .int, .double, .bytes, .array: return .empty
        }
    }

    /// `{input: {messages: …}, output: {messages: …}}`: content that was taken off its span, under the name of the span's scope.
    private static func isConversation(_ body: AttributeValue) -> Bool {
        guard case .map(let members) = body else { return false }
        return members.contains { member in
            guard member.key == "input" || member.key == "output", case .map(let inner) = member.value else { return false }
            return inner.contains { $0.key == "messages" }
        }
    }
}
