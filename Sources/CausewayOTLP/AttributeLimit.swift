package import CausewayModel

/// Cuts the texts of a payload's items to what a destination takes, and says on each item what was cut.
///
/// `causeway.truncated` lists the keys, `causeway.original_size` their sizes in bytes, in the same order. Resources and scopes stay as they
/// are: their texts are short, and shared by all items.
package struct AttributeLimit {
    private let bytes: Int

    package static let truncated = "causeway.truncated"
    package static let originalSize = "causeway.original_size"
    /// Stands in the list for the body of a log record.
    package static let body = "body"

    /// `bytes` is the most that one text may have.
    package init(bytes: Int) { self.bytes = bytes }

    /// The payload with its long texts cut; the same array if there is none.
    package func applied(to payload: [UInt8], _ signal: Signal) -> [UInt8] {
        // Nothing inside can be longer than all of it.
        guard payload.count > bytes else { return payload }
        var editor = PayloadEditor(payload)
        for entry in RequestView(payload, signal: signal).resourceEntries {
            for scope in entry.scopeEntries(payload) {
                switch signal {
                case .traces: for span in scope.spans(payload) { cut(span, payload, &editor) }
                case .logs: for record in scope.logRecords(payload) { cut(record, payload, &editor) }
                case .metrics:
                    for metric in scope.metrics(payload) {
                        for point in metric.data?.points(payload) ?? [] {
                            editor.apply(edit(of: point.attributes, payload), to: point.attributes)
                        }
                    }
                }
            }
        }
        return editor.edited()
    }

    private func cut(_ span: SpanView, _ payload: [UInt8], _ editor: inout PayloadEditor) {
        guard span.contents.count > bytes else { return }
        var edit = SpanEdit()
        edit.attributes = self.edit(of: span.attributes, payload)
        for (index, event) in span.events(payload).enumerated() {
            let attributes = self.edit(of: event.attributes, payload)
            if !attributes.isEmpty { edit.eventAttributes[index] = attributes }
        }
        if !edit.isEmpty { editor.apply(edit, to: span) }
    }

    private func cut(_ record: LogRecordView, _ payload: [UInt8], _ editor: inout PayloadEditor) {
        guard record.contents.count > bytes else { return }
        var notes = Notes()
        var edit = LogRecordEdit()
        if let body = shortened(record.body, payload) {
            edit.body = body
            notes.add(Self.body, size(record.body))
        }
        edit.attributes = self.edit(of: record.attributes, payload, notes)
        if !edit.isEmpty { editor.apply(edit, to: record) }
    }

    private struct Notes {
        var keys: [AttributeValue] = []
        var sizes: [AttributeValue] = []

        mutating func add(_ key: String, _ size: Int) {
            keys.append(.string(key))
            sizes.append(.int(Int64(size)))
        }
    }

    private func edit(of attributes: AttributeList, _ payload: [UInt8], _ notes: Notes = Notes()) -> AttributeEdit {
        var edit = AttributeEdit()
        var notes = notes
        var list = attributes
        while let attribute = list.next(payload) {
            guard let short = shortened(attribute.value, payload) else { continue }
            let key = payload.text(attribute.key)
            edit.set(key, short)
            notes.add(key, size(attribute.value))
        }
        if !notes.keys.isEmpty {
            edit.set(Self.truncated, .array(notes.keys))
            edit.set(Self.originalSize, .array(notes.sizes))
        }
        return edit
    }

    private func size(_ value: ValueView) -> Int {
        switch value {
        case .string(let range), .array(let range), .map(let range), .bytes(let range): range.count
        case .empty, .bool, .int, .double: 0
        }
    }

    /// Nil for what is short enough.
    private func shortened(_ value: ValueView, _ payload: [UInt8]) -> AttributeValue? {
        guard size(value) > bytes else { return nil }
        switch value {
        case .string(let range):
            return ShorterJSON.shortened([UInt8](payload[range]), to: bytes).map { .string(String(decoding: $0, as: UTF8.self)) }
        case .bytes(let range): return .bytes([UInt8](payload[range.prefix(bytes)]))
        case .array, .map: return shortened(value.copied(payload))
        case .empty, .bool, .int, .double: return nil
        }
    }

    /// The same for texts within lists and maps; what has very many of them loses those in the middle.
    private func shortened(_ value: AttributeValue) -> AttributeValue {
        switch value {
        case .string(let text):
            ShorterJSON.shortened(Array(text.utf8), to: max(bytes / 8, 16)).map { .string(String(decoding: $0, as: UTF8.self)) } ?? value
        case .bytes(let content): .bytes([UInt8](content.prefix(max(bytes / 8, 16))))
        case .array(let elements): .array(Self.ends(elements).map(shortened))
        case .map(let members): .map(Self.ends(members).map { Attribute($0.key, shortened($0.value)) })
        case .empty, .bool, .int, .double: value
        }
    }

    private static func ends<Element>(_ elements: [Element]) -> [Element] {
        elements.count <= 8 ? elements : Array(elements.prefix(4)) + elements.suffix(4)
    }
}
