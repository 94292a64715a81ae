import CausewayModel
import CausewayOTLP
import CausewayReceivers
import CausewaySpool
import Testing

@testable import Causeway

struct TenantResolutionTests {
    private let resolution = TenantResolution(
        .init(
            from: [.token, .header, .resource],
            tokens: [
                .init(tenant: "acme", token: Secret("abc")), .init(tenant: "acme", token: Secret("new")),
                .init(tenant: "b", token: Secret("x")),
            ]
        )
    )

    @Test(
        arguments: [
            ([], .byResource),
            ([("Authorization", "Bearer abc")], .tenant("acme")),
            ([("authorization", "bearer  new")], .tenant("acme")),
            ([("Authorization", "Bearer x"), ("X-Causeway-Tenant", "acme")], .tenant("b")),
            ([("x-causeway-tenant", "röd")], .tenant("röd")),
        ] as [([(String, String)], TenantResolution.Verdict)]
    )
    func `the first configured source that says something decides`(
        headers: [(String, String)],
        verdict: TenantResolution.Verdict
    ) {
        #expect(resolution.verdict(RequestHeaders(headers)) == verdict)
    }

    @Test(arguments: ["Bearer ab", "Bearer abcd", "Bearer ", "Basic abc", "abc", "Bearer ABC"])
    func `a token that is nobody's is refused`(value: String) {
        let headers = RequestHeaders([("Authorization", value), ("X-Causeway-Tenant", "acme")])
        guard case .unauthorized = resolution.verdict(headers) else { return #expect(Bool(false), "taken") }
    }

    @Test func `with nothing configured nobody chooses a tenant`() {
        let headers = RequestHeaders([("Authorization", "Bearer abc"), ("X-Causeway-Tenant", "acme")])
        #expect(TenantResolution().verdict(headers) == .tenant(""))
    }

    @Test(arguments: [String(repeating: "x", count: 129), "a\u{7}b", "a\u{202E}b", "*", "\u{FFFD}"])
    func `what cannot be shown is no tenant's name`(name: String) {
        #expect(!TenantResolution.isName(name))
        guard case .malformed = resolution.verdict(RequestHeaders([("X-Causeway-Tenant", name)])) else {
            return #expect(Bool(false), "taken")
        }
    }

    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }

    /// A ResourceSpans with spans of these names, and `tenant.id` when it is not nil.
    private func entry(_ value: [UInt8]?, _ spans: [String]) -> [UInt8] {
        let attribute = value.map { field(1, field(1, [UInt8]("tenant.id".utf8)) + field(2, $0)) } ?? []
        let scope = spans.reduce(into: [UInt8]()) { scope, name in
            scope += field(
                2,
                field(1, [UInt8](repeating: 1, count: 16)) + field(2, [UInt8](repeating: 2, count: 8)) + field(5, [UInt8](name.utf8))
            )
        }
        return field(1, field(1, attribute) + field(2, scope))
    }

    private func text(_ name: String) -> [UInt8] { field(1, [UInt8](name.utf8)) }

    private func frames(_ body: [UInt8]) throws -> [FrameDraft] {
        try FrameDraft.frames(.traces, try admit(body, signal: .traces), .byResource, receivedNanoseconds: 7)
    }

    @Test func `a request of several tenants becomes a frame for each, and no item is lost or doubled`() throws {
        let body = entry(text("red"), ["a", "b"]) + entry(nil, ["c"]) + entry(text("blue"), ["d"]) + entry(text("red"), ["e"])
        let frames = try frames(body)
        #expect(frames.map(\.tenant) == ["red", "", "blue"])
        #expect(frames.map(\.items) == [3, 1, 1])
        #expect(frames[0].payload == entry(text("red"), ["a", "b"]) + entry(text("red"), ["e"]))
        #expect(frames[1].payload == entry(nil, ["c"]))
        #expect(frames[2].payload == entry(text("blue"), ["d"]))
        #expect(frames.allSatisfy { $0.receivedNanoseconds == 7 && $0.signal == Signal.traces.rawValue })
    }

    @Test func `a request of one tenant is left as it came`() throws {
        let body = entry(text("red"), ["a"]) + entry(text("red"), ["b"])
        let frames = try frames(body)
        #expect(frames.map(\.tenant) == ["red"])
        #expect(frames.map(\.payload) == [body])
    }

    @Test(arguments: [[0x18, 1], [0x0A, 0], [0x0A, 1, 7]] as [[UInt8]])
    func `a resource whose tenant is no name makes the request malformed`(value: [UInt8]) throws {
        let admitted = try admit(entry(value, ["a"]), signal: .traces)
        #expect(throws: TenantMistake.self) {
            try FrameDraft.frames(.traces, admitted, .byResource, receivedNanoseconds: 0)
        }
    }
}
