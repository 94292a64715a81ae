import CausewayModel
import Testing

/// What the packages `litellm` and `genai-prices` say about the same calls, on the same tables; `make prices` asks them.
struct PricePackagesTests {
    private static let lines: [JSONValue] = {
        let text = String(decoding: try! PriceFixture.bytes("packages.jsonl"), as: UTF8.self)
        return text.split(separator: "\n").map { try! JSONValue(parsing: Array($0.utf8)) }
    }()

    @Test func `the packages were asked about every call that they know how to price`() {
        let asked = Set(Self.lines.compactMap { $0["row"]?.string })
        let rows = Set(
            PricedCall.all.filter { ["litellm", "genai"].contains($0.text("table")) && $0.text("unpriced") != "usage" }.map(\.line)
        )
        #expect(asked == rows, "make prices asks anew")
    }

    @Test func `they say the same, or it is said why not`() throws {
        var equal = 0
        for line in Self.lines {
            let row = try JSONValue(parsing: Array((line["row"]?.string ?? "").utf8))
            if line["nano"]?.integer == row["nano"]?.integer {
                equal += 1
                #expect(line["why"] == nil)
            } else {
                #expect((line["why"]?.string ?? "").count > 10, "\(line)")
            }
        }
        #expect(equal >= 168)
    }
}
