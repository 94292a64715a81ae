internal import CCauseway
internal import CausewayModel

/// Makes edits of a payload's items, in any order, and then all of them in one pass.
///
/// Each message may be edited once. New and changed parts are encoded by protobuf-c, all else is copied as it came.
package struct PayloadEditor: ~Copyable {
    private let payload: [UInt8]
    private var patch = Patch()
    private var arena = Arena()

    package init(_ payload: [UInt8]) { self.payload = payload }

    /// The edited payload; the same array if nothing was edited.
    package func edited() -> [UInt8] { patch.applied(to: payload) }

    /// Leaves out a span, log record, metric or data point; `range` is its field, `contents` are those of what holds it.
    package mutating func remove(_ range: Range<Int>, in contents: Range<Int>) { patch.remove(range, in: contents) }

    /// Adds whole fields at the end of the message with these contents.
    package mutating func append(_ fields: [UInt8], to contents: Range<Int>) {
        if !fields.isEmpty { patch.append(to: contents) { $0 += fields } }
    }

    package mutating func apply(_ edit: SpanEdit, to span: SpanView) {
        apply(edit.attributes, to: span.attributes)
        if let name = edit.name {
            let message = unsafe arena.make(otlp__span__init)
            unsafe message.pointee.name = arena.text(name)
            unsafe put(message, inPlaceOf: 5, in: span.contents)
        }
        if let kind = edit.kind {
            let message = unsafe arena.make(otlp__span__init)
            unsafe message.pointee.kind = arena.kind(kind)
            unsafe put(message, inPlaceOf: 6, in: span.contents)
        }
        if let status = edit.status {
            let message = unsafe arena.make(otlp__span__init)
            if status != StatusRecord() { unsafe message.pointee.status = arena.status(status) }
            unsafe put(message, inPlaceOf: 15, in: span.contents)
        }
        if !edit.removedEvents.isEmpty || !edit.eventAttributes.isEmpty {
            for (index, event) in span.events(payload).enumerated() {
                if edit.removedEvents.contains(index) {
                    patch.remove(event.range, in: span.contents)
                } else if let attributes = edit.eventAttributes[index] {
                    apply(attributes, to: event.attributes)
                }
            }
        }
        if !edit.removedLinks.isEmpty {
            for (index, link) in span.links(payload).enumerated() where edit.removedLinks.contains(index) {
                patch.remove(link.range, in: span.contents)
            }
        }
        if !edit.addedEvents.isEmpty || !edit.addedLinks.isEmpty {
            let message = unsafe arena.make(otlp__span__init)
            unsafe (message.pointee.n_events, message.pointee.events) = arena.list(edit.addedEvents) { unsafe $0.event($1) }
            unsafe (message.pointee.n_links, message.pointee.links) = arena.list(edit.addedLinks) { unsafe $0.link($1) }
            unsafe put(message, inPlaceOf: nil, in: span.contents)
        }
    }

    package mutating func apply(_ edit: LogRecordEdit, to record: LogRecordView) {
        apply(edit.attributes, to: record.attributes)
        guard let body = edit.body else { return }
        let message = unsafe arena.make(otlp__log_record__init)
        if body != .empty { unsafe message.pointee.body = arena.value(body) }
        unsafe put(message, inPlaceOf: 5, in: record.contents)
    }

    /// Edits a resource; makes one if the entry has none.
    package mutating func apply(_ edit: AttributeEdit, toResourceOf entry: ResourceEntryView) {
        guard entry.attributes.owner == nil else { return apply(edit, to: entry.attributes) }
        let message = unsafe arena.make(otlp__resource_spans__init)
        unsafe message.pointee.resource = arena.resource(edit.added)
        if !edit.added.isEmpty { unsafe put(message, inPlaceOf: nil, in: entry.contents) }
    }

    /// Edits a scope; makes one if the entry has none.
    package mutating func apply(_ edit: AttributeEdit, toScopeOf entry: ScopeEntryView) {
        guard entry.attributes.owner == nil else { return apply(edit, to: entry.attributes) }
        let message = unsafe arena.make(otlp__scope_spans__init)
        unsafe message.pointee.scope = arena.scope(ScopeRecord(name: "", attributes: edit.added))
        if !edit.added.isEmpty { unsafe put(message, inPlaceOf: nil, in: entry.contents) }
    }

    /// Edits the attributes of a message that is there: a span, an event, a data point, a log record, a map.
    package mutating func apply(_ edit: AttributeEdit, to attributes: AttributeList) {
        guard !edit.isEmpty else { return }
        guard let owner = attributes.owner else { preconditionFailure("attributes of a message that is not there") }
        let resolved = ResolvedAttributeEdit(edit, attributes, payload)
        for (attribute, step) in resolved.steps {
            switch step {
            case .remove: patch.remove(attribute.range, in: owner)
            case .set(let new):
                patch.replace(attribute.range, in: owner) { unsafe arena.pack(arena.attribute(new), asField: attributes.field, to: &$0) }
            case .rename(let key):
                // Only the key is written anew: value, unknown fields and all stay as they are.
                let message = unsafe arena.make(otlp__key_value__init)
                unsafe message.pointee.key = arena.text(key)
                patch.replace(attribute.keyField, in: attribute.contents) { unsafe arena.pack(message, to: &$0) }
            }
        }
        if !resolved.added.isEmpty {
            patch.append(to: owner) { output in
                for new in resolved.added { unsafe arena.pack(arena.attribute(new), asField: attributes.field, to: &output) }
            }
        }
        arena.reset()
    }

    /// Writes the one field that is set in `message` in place of field `number`, or, if it is not there, at the end.
    private mutating func put<Message>(_ message: UnsafeMutablePointer<Message>, inPlaceOf number: Int?, in contents: Range<Int>) {
        let place = number.flatMap { payload.field($0, in: contents) } ?? contents.upperBound..<contents.upperBound
        patch.replace(place, in: contents) { unsafe arena.pack(message, to: &$0) }
        arena.reset()
    }
}
