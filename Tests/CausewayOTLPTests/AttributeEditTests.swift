import CausewayModel
import CausewayOTLP
import Testing

struct AttributeEditTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let before: [Attribute]
        let edit: @Sendable (inout AttributeEdit) -> Void
        let after: [Attribute]
        var testDescription: String { name }
    }

    static let abc = [Attribute("a", 1), Attribute("b", 2), Attribute("c", 3)]
    static let twice = [Attribute("a", 1), Attribute("b", 2), Attribute("a", 3), Attribute("b", 4)]

    static let cases = [
        Case(name: "nothing", before: abc, edit: { _ in }, after: abc),
        Case(
            name: "set keeps the place",
            before: abc,
            edit: { $0.set("b", "x") },
            after: [Attribute("a", 1), Attribute("b", "x"), Attribute("c", 3)]
        ),
        Case(name: "set adds at the end", before: abc, edit: { $0.set("d", 4) }, after: abc + [Attribute("d", 4)]),
        Case(
            name: "added in the order they were named",
            before: [],
            edit: {
                $0.set("z", 1); $0.set("a", 2); $0.set("z", 3)
            },
            after: [Attribute("z", 3), Attribute("a", 2)]
        ),
        Case(
            name: "remove",
            before: abc,
            edit: {
                $0.remove("a"); $0.remove("none")
            },
            after: Array(abc[1...])
        ),
        Case(
            name: "rename keeps the place",
            before: abc,
            edit: { $0.rename("a", to: "z") },
            after: [Attribute("z", 1), Attribute("b", 2), Attribute("c", 3)]
        ),
        Case(
            name: "rename takes the place of one with that key",
            before: abc,
            edit: { $0.rename("c", to: "a") },
            after: [Attribute("b", 2), Attribute("a", 3)]
        ),
        Case(name: "rename of one that is not there", before: abc, edit: { $0.rename("none", to: "a") }, after: abc),
        Case(
            name: "rename to itself",
            before: abc,
            edit: { $0.rename("a", to: "a") },
            after: abc
        ),
        Case(
            name: "two that change places",
            before: abc,
            edit: {
                $0.rename("a", to: "b"); $0.rename("b", to: "a")
            },
            after: [Attribute("b", 1), Attribute("a", 2), Attribute("c", 3)]
        ),
        Case(
            name: "two renamed alike: the first named wins",
            before: abc,
            edit: {
                $0.rename("b", to: "z"); $0.rename("a", to: "z")
            },
            after: [Attribute("z", 2), Attribute("c", 3)]
        ),
        Case(
            name: "set is stronger than rename",
            before: abc,
            edit: {
                $0.rename("a", to: "b"); $0.set("b", "x")
            },
            after: [Attribute("b", "x"), Attribute("c", 3)]
        ),
        Case(
            name: "rename onto one that is removed",
            before: abc,
            edit: {
                $0.remove("b"); $0.rename("a", to: "b")
            },
            after: [Attribute("b", 1), Attribute("c", 3)]
        ),
        Case(
            name: "the last word counts",
            before: abc,
            edit: {
                $0.set("a", "x"); $0.remove("a")
            },
            after: Array(abc[1...])
        ),
        Case(
            name: "set leaves one of two",
            before: twice,
            edit: { $0.set("a", "x") },
            after: [Attribute("a", "x"), Attribute("b", 2), Attribute("b", 4)]
        ),
        Case(name: "remove takes both of two", before: twice, edit: { $0.remove("a") }, after: [Attribute("b", 2), Attribute("b", 4)]),
        Case(name: "rename leaves one of two", before: twice, edit: { $0.rename("a", to: "b") }, after: [Attribute("b", 1)]),
        Case(
            name: "an empty key and embedded NULs are keys",
            before: [Attribute("", 1), Attribute("a\0b", 2), Attribute("a", 3)],
            edit: {
                $0.remove(""); $0.set("a\0b", "x\0y")
            },
            after: [Attribute("a\0b", "x\0y"), Attribute("a", 3)]
        ),
    ]

    @Test(arguments: cases)
    func `an edit of attributes does what it says`(sample: Case) throws {
        var span = SpanRecord(
            traceID: try #require(TraceID(high: 1, low: 2)),
            spanID: try #require(SpanID(3)),
            name: "n",
            startNanoseconds: 1,
            endNanoseconds: 2
        )
        span.attributes = sample.before
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans([span])).encoded()
        var edit = SpanEdit()
        sample.edit(&edit.attributes)
        var editor = PayloadEditor(payload)
        editor.apply(edit, to: self.span(payload))
        let edited = editor.edited()
        #expect(self.span(edited).attributes.copied(edited) == sample.after)
        span.attributes = sample.after
        #expect(try self.span(edited).record(edited) == span)
    }

    private func span(_ payload: [UInt8]) -> SpanView {
        RequestView(payload, signal: .traces).resourceEntries[0].scopeEntries(payload)[0].spans(payload)[0]
    }
}
