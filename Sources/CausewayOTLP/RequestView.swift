package import CausewayModel

/// A payload as OTLP groups it: resource entries, scope entries inside them, and inside those spans, log records or metrics.
///
/// The three signals have the same shape and the same numbers down to there.
package struct RequestView {
    package let payload: [UInt8]
    package let signal: Signal

    package init(_ payload: [UInt8], signal: Signal) {
        self.payload = payload
        self.signal = signal
    }

    package var resourceEntries: [ResourceEntryView] {
        payload.messages(in: 0..<payload.count, field: 1).map { ResourceEntryView($0, payload) }
    }
}

/// A ResourceSpans, ResourceMetrics or ResourceLogs.
package struct ResourceEntryView {
    /// The whole field in the request, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    /// The contents of the Resource, if there is one.
    package let resource: Range<Int>?
    package let schemaURL: Range<Int>

    init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        var resource: Range<Int>?
        var schemaURL = 0..<0
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): resource = field.contents
            case (3, .lengthDelimited): schemaURL = field.contents
            default: break
            }
        }
        (self.resource, self.schemaURL) = (resource, schemaURL)
    }

    /// Attributes of the resource, such as `service.name`.
    package var attributes: AttributeList { AttributeList(of: resource, field: 1) }

    package func scopeEntries(_ payload: [UInt8]) -> [ScopeEntryView] {
        payload.messages(in: contents, field: 2).map { ScopeEntryView($0, payload) }
    }
}

/// A ScopeSpans, ScopeMetrics or ScopeLogs.
package struct ScopeEntryView {
    /// The whole field in the resource entry, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    /// The contents of the InstrumentationScope, if there is one.
    package let scope: Range<Int>?
    package let schemaURL: Range<Int>
    /// The bytes of the scope's name and version.
    package let name: Range<Int>
    package let version: Range<Int>

    package init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        var scope: Range<Int>?
        var (schemaURL, name, version) = (0..<0, 0..<0, 0..<0)
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): scope = field.contents
            case (3, .lengthDelimited): schemaURL = field.contents
            default: break
            }
        }
        fields = FieldReader(scope ?? 0..<0)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): name = field.contents
            case (2, .lengthDelimited): version = field.contents
            default: break
            }
        }
        (self.scope, self.schemaURL, self.name, self.version) = (scope, schemaURL, name, version)
    }

    /// Attributes of the scope.
    package var attributes: AttributeList { AttributeList(of: scope, field: 3) }

    /// The entry of a traces payload; without those that are empty because they were removed.
    package func spans(_ payload: [UInt8]) -> [SpanView] {
        payload.messages(in: contents, field: 2).lazy.filter { !$0.contents.isEmpty }.map { SpanView($0, payload) }
    }

    /// The entry of a logs payload; without those that are empty because they were removed.
    package func logRecords(_ payload: [UInt8]) -> [LogRecordView] {
        payload.messages(in: contents, field: 2).lazy.filter { !$0.contents.isEmpty }.map { LogRecordView($0, payload) }
    }

    /// The entry of a metrics payload.
    package func metrics(_ payload: [UInt8]) -> [MetricView] {
        payload.messages(in: contents, field: 2).map { MetricView($0, payload) }
    }
}

/// The spans of a scope entry one after the other, for whoever is done with one before the next; without those that were removed.
package struct SpanList {
    private var fields: FieldReader

    package init(_ scope: ScopeEntryView) { fields = FieldReader(scope.contents) }

    package mutating func next(_ payload: [UInt8]) -> SpanView? {
        let bytes = payload.span
        while let field = fields.next(bytes) {
            if field.number == 2, field.type == .lengthDelimited, !field.contents.isEmpty { return SpanView(field, payload) }
        }
        return nil
    }
}
