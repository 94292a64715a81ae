import CausewayModel
import CausewayOTLP
import CausewaySpool
import Testing

@testable import Causeway

/// Requests of another bridge, taken apart by the frames they are made of.
struct NamedFramesTests {
    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }

    /// A ResourceSpans with spans of these names.
    private func entry(_ spans: [String], tenant: String? = nil) -> [UInt8] {
        let attribute = tenant.map { field(1, field(1, [UInt8]("tenant.id".utf8)) + field(2, field(1, [UInt8]($0.utf8)))) } ?? []
        let scope = spans.reduce(into: [UInt8]()) { scope, name in
            scope += field(
                2,
                field(1, [UInt8](repeating: 1, count: 16)) + field(2, [UInt8](repeating: 2, count: 8)) + field(5, [UInt8](name.utf8))
            )
        }
        return field(1, field(1, attribute) + field(2, scope))
    }

    private func named(
        _ entries: [OriginRange],
        _ payload: [UInt8],
        _ verdict: TenantResolution.Verdict = .tenant("acme")
    ) throws -> NamedFrames? {
        try NamedFrames(FrameList(entries), payload, items: RequestView(payload, signal: .traces).itemCount, .traces, verdict)
    }

    private func range(_ sequence: UInt64, _ items: Range<Int>, tenant: String = "") -> OriginRange {
        OriginRange(tenant: tenant, log: 7, sequence: sequence, items: items)
    }

    private func spans(_ frame: FrameDraft) -> [String] {
        RequestView(frame.payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(frame.payload) }
            .flatMap { $0.spans(frame.payload) }.map { frame.payload.text($0.name) }
    }

    @Test func `each range becomes a frame with the bytes it had, and says where it comes from`() throws {
        let (first, second) = (entry(["a", "b"]), entry(["c"]) + entry(["d", "e"]))
        let named = try #require(try named([range(5, 0..<2), range(9, 4..<7)], first + second))
        let frames = named.frames([[0..<2], [4..<7]], receivedNanoseconds: 1)
        #expect(frames.map(\.payload) == [first, second])
        #expect(frames.map(\.origin) == [FrameOrigin(log: 7, sequence: 5, firstItem: 0), FrameOrigin(log: 7, sequence: 9, firstItem: 4)])
        #expect(frames.map(\.items) == [2, 3] && frames.allSatisfy { $0.tenant == "acme" })
    }

    @Test func `only fresh items are stored, each under its own ordinal`() throws {
        let named = try #require(try named([range(5, 2..<4), range(9, 4..<7)], entry(["a", "b"]) + entry(["c", "d", "e"])))
        let frames = named.frames([[3..<4], [4..<5, 6..<7]], receivedNanoseconds: 1)
        #expect(frames.map(spans) == [["b"], ["c"], ["e"]])
        #expect(frames.map { $0.origin!.firstItem } == [3, 4, 6])
        #expect(named.frames([[], []], receivedNanoseconds: 1) == [])
    }

    @Test func `a frame with several tenants becomes one for each neighbourhood of one`() throws {
        let payload = entry(["a", "b"], tenant: "x") + entry(["c"], tenant: "y") + entry(["d"], tenant: "x")
        let named = try #require(try named([range(5, 0..<4)], payload, .byResource))
        #expect(named.pieces.map(\.origin) == [range(5, 0..<2, tenant: "x"), range(5, 2..<3, tenant: "y"), range(5, 3..<4, tenant: "x")])
        let frames = named.frames([[0..<2], [2..<3], [3..<4]], receivedNanoseconds: 1)
        #expect(frames.map(spans) == [["a", "b"], ["c"], ["d"]] && frames.map(\.tenant) == ["x", "y", "x"])
    }

    @Test(arguments: [[0..<2], [0..<2, 0..<3], []])
    func `a list that does not count what the body holds says nothing`(items: [Range<Int>]) throws {
        #expect(try named(items.map { range(5, $0) }, entry(["a", "b"]) + entry(["c"])) == nil)
    }
}
