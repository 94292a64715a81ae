import CausewayModel
import CausewayOTLP
import Testing

struct ItemCountTests {
    private func point(_ time: UInt64) -> [UInt8] { Wire.field(1, Wire.fixed64(3, time)) }

    private func sum(_ name: String, _ times: [UInt64]) -> [UInt8] {
        Wire.field(1, name) + Wire.field(7, times.flatMap(point) + Wire.number(2, 2) + Wire.number(3, 1))
            + Wire.field(12, Wire.attribute("m", "v"))
    }

    @Test func `a metric cut between its points keeps what it says of itself`() {
        let request = RequestView(Wire.request([sum("a", [1, 2, 3]), sum("b", [4])]), signal: .metrics)
        #expect(request.itemCount == 4)
        #expect(request.payload(items: 0..<2) == Wire.request([sum("a", [1, 2])]))
        #expect(request.payload(items: 2..<4) == Wire.request([sum("a", [3]), sum("b", [4])]))
        #expect(request.payload(items: 1..<2) == Wire.request([sum("a", [2])]))
        #expect(request.payload(items: 0..<4) == request.payload)
        #expect(request.payload(items: 2..<99) == request.payload(items: 2..<4))
    }

    @Test(arguments: MetricKind.allCases)
    func `points of every kind are counted`(kind: MetricKind) {
        let metric = Wire.field(1, "m") + Wire.field(UInt64(kind.rawValue), point(1) + point(2))
        let request = RequestView(Wire.request([metric]), signal: .metrics)
        #expect(request.itemCount == 2)
        let metrics = RequestView(request.payload(items: 1..<2), signal: .metrics)
        let data = metrics.resourceEntries[0].scopeEntries(metrics.payload)[0].metrics(metrics.payload)[0].data
        #expect(data?.kind == kind && data?.points(metrics.payload).map(\.timeNanoseconds) == [2])
    }

    @Test func `what holds no item goes along once`() {
        let empty = Wire.field(1, Wire.field(3, "no scopes"))
        let body = empty + Wire.request([sum("none", []), sum("a", [1]), sum("none too", []), sum("b", [2]), sum("last", [])]) + empty
        let request = RequestView(body, signal: .metrics)
        let first = request.payload(items: 0..<1)
        let second = request.payload(items: 1..<2)
        #expect(first == empty + Wire.request([sum("none", []), sum("a", [1])]))
        #expect(second == Wire.request([sum("none too", []), sum("b", [2]), sum("last", [])]) + empty)
        #expect(RequestView(body, signal: .metrics).payload(items: 0..<2) == body)
    }

    @Test func `a request without items is its own only part`() {
        let body = Wire.request([])
        #expect(RequestView(body, signal: .traces).payload(items: 0..<0) == body)
        #expect(RequestView([], signal: .traces).itemCount == 0)
    }

    @Test func `an item that was removed in place keeps its ordinal and is not shown`() {
        let body = Wire.request([Wire.span(name: "a"), [], Wire.span(name: "c")])
        let request = RequestView(body, signal: .traces)
        #expect(request.itemCount == 3)
        #expect(request.payload(items: 2..<3) == Wire.request([Wire.span(name: "c")]))
        #expect(request.payload(items: 1..<3) == Wire.request([[], Wire.span(name: "c")]))
        #expect(request.resourceEntries[0].scopeEntries(body)[0].spans(body).map { body.text($0.name) } == ["a", "c"])
    }

    @Test func `resource entries can be told apart by an attribute and parted`() {
        func entry(_ tenant: String, _ name: String) -> [UInt8] {
            let resource = Wire.field(1, Wire.field(1, Wire.attribute("tenant.id", tenant)))
            return Wire.field(1, resource + Wire.field(2, Wire.field(2, Wire.span(name: name))))
        }
        let unknown = Wire.field(77, "unknown")
        let body = entry("red", "a") + unknown + entry("blue", "b") + entry("red", "c")
        let request = RequestView(body, signal: .traces)
        let tenants = request.resourceEntries.map { $0.attributes.value("tenant.id", body)?.string(body) }
        #expect(tenants == ["red", "blue", "red"])
        #expect(request.payload(resourceEntries: [0, 2]) == entry("red", "a") + unknown + entry("red", "c"))
        #expect(request.payload(resourceEntries: [1]) == unknown + entry("blue", "b"))
        #expect(request.payload(resourceEntries: [0, 1, 2]) == body)
    }
}
