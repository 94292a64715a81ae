import CausewayModel
import CausewayOTLP
import Foundation
import Testing

/// Edits of captured requests, compared with the same edits made by another library.
struct PayloadEditorTests {
    /// By path: what `Tests/Fixtures/otlp-edits/make_edits.py` wrote down.
    static let expected: [String: Substring] = {
        let text = (try? Fixtures.bytes("otlp-edits/expected.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0[2]), $0[0]) })
    }()

    @Test(arguments: Fixtures.captures("pb"))
    func `an edited request is what the protobuf library of PyPI makes of the same edits`(file: Fixtures.Capture) throws {
        let payload = try file.bytes
        let edited = edited(payload, file.signal)
        if let folder = ProcessInfo.processInfo.environment["CAUSEWAY_EDITS"] {
            try Data(edited).write(to: URL(filePath: folder).appending(path: file.path.replacing("/", with: "~")))
        }
        #expect(try admit(edited, signal: file.signal).payload == edited)
        let repacked = try #require(Oracle.repacked(edited, file.signal))
        #expect(fnv(repacked) == Self.expected[file.path])
    }

    @Test(arguments: Fixtures.captures("pb"))
    func `spans that are not edited leave byte for byte as they came, beside one that is`(file: Fixtures.Capture) throws {
        let payload = try file.bytes
        guard file.signal == .traces else { return }
        let spans = spans(payload)
        for index in Set([0, spans.count / 2, spans.count - 1]) {
            var editor = PayloadEditor(payload)
            var edit = SpanEdit()
            edit.name = String(repeating: "long ", count: 4000)
            editor.apply(edit, to: spans[index])
            let edited = editor.edited()
            let after = self.spans(edited)
            #expect(after.count == spans.count)
            for (other, (before, after)) in zip(spans, after).enumerated() where other != index {
                #expect(payload[before.range] == edited[after.range])
            }
        }
    }

    @Test func `attributes can be set on a resource and a scope that are not there`() throws {
        let payload = Wire.field(1, Wire.field(2, Wire.field(2, Wire.span())))
        let entry = RequestView(payload, signal: .traces).resourceEntries[0]
        var edit = AttributeEdit()
        edit.set("k", "v")
        edit.remove("gone")
        edit.rename("gone too", to: "new")
        var editor = PayloadEditor(payload)
        editor.apply(edit, toResourceOf: entry)
        editor.apply(edit, toScopeOf: entry.scopeEntries(payload)[0])
        let edited = editor.edited()
        let after = RequestView(edited, signal: .traces).resourceEntries[0]
        #expect(after.attributes.copied(edited) == [Attribute("k", "v")])
        #expect(after.scopeEntries(edited)[0].attributes.copied(edited) == [Attribute("k", "v")])
        #expect(after.scopeEntries(edited)[0].spans(edited).count == 1)
        #expect(try admit(edited, signal: .traces).payload == edited)
    }

    @Test func `an edit that takes a value away leaves nothing of it`() throws {
        let payload = Wire.request([Wire.span(more: Wire.field(15, Wire.field(2, "why") + Wire.number(3, 2)) + Wire.number(6, 3))])
        var edit = SpanEdit()
        edit.name = ""
        edit.kind = .unspecified
        edit.status = StatusRecord()
        var editor = PayloadEditor(payload)
        editor.apply(edit, to: spans(payload)[0])
        let bare = Wire.field(1, Wire.traceID) + Wire.field(2, Wire.spanID) + Wire.fixed64(7, 1) + Wire.fixed64(8, 2)
        #expect(editor.edited() == Wire.request([bare]))
    }

    @Test func `unknown fields of a renamed attribute stay`() throws {
        let attribute = { (key: String) in Wire.number(3, 9) + Wire.field(1, key) + Wire.field(2, Wire.field(99, "x")) + Wire.field(50, "y")
        }
        let payload = Wire.request([Wire.span(attributes: [attribute("old")])])
        var edit = SpanEdit()
        edit.attributes.rename("old", to: "new and longer")
        var editor = PayloadEditor(payload)
        editor.apply(edit, to: spans(payload)[0])
        #expect(editor.edited() == Wire.request([Wire.span(attributes: [attribute("new and longer")])]))
    }

    @Test func `links and events go by their ordinals`() throws {
        let event = { (name: String) in Wire.field(11, Wire.fixed64(1, 5) + Wire.field(2, name)) }
        let link = { (key: String) in Wire.field(13, Wire.field(1, Wire.traceID) + Wire.field(2, Wire.spanID) + Wire.field(3, key)) }
        let payload = Wire.request([Wire.span(more: event("a") + link("a") + event("b") + link("b") + event("c"))])
        var edit = SpanEdit()
        edit.removedEvents = [0, 2]
        edit.removedLinks = [1]
        var editor = PayloadEditor(payload)
        editor.apply(edit, to: spans(payload)[0])
        #expect(editor.edited() == Wire.request([Wire.span(more: link("a") + event("b"))]))
    }

    private func spans(_ payload: [UInt8]) -> [SpanView] {
        RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }
    }

    /// The edits of `make_edits.py`.
    private func edited(_ payload: [UInt8], _ signal: Signal) -> [UInt8] {
        var editor = PayloadEditor(payload)
        var ordinal = 0
        for entry in RequestView(payload, signal: signal).resourceEntries {
            var resource = AttributeEdit()
            resource.set("service.name", "edited")
            resource.remove("telemetry.sdk.language")
            editor.apply(resource, toResourceOf: entry)
            for scopeEntry in entry.scopeEntries(payload) {
                var scope = AttributeEdit()
                scope.set("causeway.understood", 1)
                editor.apply(scope, toScopeOf: scopeEntry)
                switch signal {
                case .traces:
                    for span in scopeEntry.spans(payload) {
                        if ordinal % 7 == 6 {
                            editor.remove(span.range, in: scopeEntry.contents)
                        } else {
                            editor.apply(edit(span, ordinal, payload), to: span)
                        }
                        ordinal += 1
                    }
                case .logs:
                    for record in scopeEntry.logRecords(payload) {
                        if ordinal % 7 == 6 {
                            editor.remove(record.range, in: scopeEntry.contents)
                        } else {
                            var edit = LogRecordEdit()
                            edit.attributes = attributeEdit(record.attributes, payload)
                            if ordinal.isMultiple(of: 2) { edit.body = "edited body" }
                            editor.apply(edit, to: record)
                        }
                        ordinal += 1
                    }
                case .metrics:
                    for data in scopeEntry.metrics(payload).compactMap(\.data) {
                        for point in data.points(payload) {
                            if ordinal % 7 == 6 {
                                editor.remove(point.range, in: data.contents)
                            } else {
                                editor.apply(attributeEdit(point.attributes, payload), to: point.attributes)
                            }
                            ordinal += 1
                        }
                    }
                }
            }
        }
        return editor.edited()
    }

    private func edit(_ span: SpanView, _ ordinal: Int, _ payload: [UInt8]) -> SpanEdit {
        var edit = SpanEdit()
        edit.attributes = attributeEdit(span.attributes, payload)
        edit.name = payload.text(span.name) + " (edited)"
        edit.kind = .client
        if ordinal.isMultiple(of: 2) { edit.status = StatusRecord(.error, message: "why") }
        if span.eventCount > 1 { edit.removedEvents = [0] }
        if span.eventCount > 0 { edit.eventAttributes[span.eventCount - 1, default: AttributeEdit()].set("causeway.event", -1) }
        edit.addedEvents = [EventRecord(name: "noted", timeNanoseconds: 1, attributes: [Attribute("k", "v")])]
        let (first, second) = (UInt64(0x0102_0304_0506_0708), UInt64(0x090A_0B0C_0D0E_0F10))
        if let traceID = TraceID(high: first, low: second), let spanID = SpanID(0x1516_1718_191A_1B1C) {
            edit.addedLinks = [LinkRecord(traceID: traceID, spanID: spanID)]
        }
        return edit
    }

    private func attributeEdit(_ attributes: AttributeList, _ payload: [UInt8]) -> AttributeEdit {
        var edit = AttributeEdit()
        let keys = attributes.copied(payload).map(\.key)
        if keys.count > 0 { edit.remove(keys[0]) }
        if keys.count > 1 { edit.rename(keys[1], to: "causeway.renamed") }
        if keys.count > 2 { edit.set(keys[2], "edited é\0") }
        let list: [AttributeValue] = [1, 2.5, true, .bytes([0, 0xFF]), "", .empty]
        edit.set("causeway.new", .map([Attribute("list", .array(list)), Attribute("zero", 0)]))
        return edit
    }

    /// FNV-1a, 64 bits, in hexadecimal.
    private func fnv(_ bytes: [UInt8]) -> Substring {
        let value = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(value, radix: 16)
        return Substring(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
