import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// Calls of every kind with what they cost, worked out by hand.
struct PriceConformanceTests {
    @Test func `there are calls of every kind`() {
        #expect(PricedCall.all.count >= 150)
        #expect(Set(PricedCall.all.map(\.line)).count == PricedCall.all.count)
    }

    @Test(arguments: PricedCall.all)
    func `a call costs what its arithmetic says, to the nano-dollar`(call: PricedCall) throws {
        var options = Changes.options
        options.prices = PriceFixture.book(call.text("table"))
        options.tenant = call.text("tenant")
        let understood = understand(call.span, signal: .traces, options: options)
        let item = Changes.items(understood.payload, .traces)[0]
        func value(_ key: String) -> AttributeValue? { item.attributes.first { $0.key == key }?.value }

        if let reason = call.value["unpriced"]?.string {
            #expect(!item.attributes.contains { $0.key.hasPrefix("causeway.cost.") }, "nothing is said of what has no price")
            #expect(understood.unpriced.map(\.key.reason.rawValue) == [reason])
            #expect(understood.unpriced.map(\.value) == [1])
            return
        }
        let nano = try #require(call.value["nano"]?.integer)
        // By hand, in millionths of a dollar.
        #expect(Arithmetic.thousandths(call.text("arithmetic")) == Int128(nano), "the row contradicts itself")

        #expect(value("causeway.cost.total") == .double(Double(nano) / 1e9))
        #expect(value("causeway.cost.currency") == "USD")
        let rule = try #require(item.attributes.first { $0.key == "causeway.cost.rule" }?.value)
        if let expected = call.value["rule"]?.string { #expect(rule == .string(expected)) }
        let source: AttributeValue = call.text("table") == "genai" ? "table:genai-prices@2026-11-22" : "table:litellm@2026-11-22"
        if call.text("table") != "overrides" { #expect(value("causeway.cost.source") == source) }
        #expect(understood.priced == 1)
        // Parts are rounded each for itself: no more than half a nano-dollar each off.
        let parts = ["input", "output", "cache_read", "cache_write", "reasoning", "tool"].compactMap { part -> Double? in
            if case .double(let amount)? = value("causeway.cost.\(part)") { amount } else { nil }
        }
        let isWhole =
            call.value["milliseconds"] == nil && !rule.text.contains("command-r") && !rule.text.contains("rerank")
            && !rule.text.contains("router")
        if isWhole { #expect(abs(parts.reduce(0, +) - Double(nano) / 1e9) <= 3.5e-9) }
    }
}

extension AttributeValue {
    var text: String { if case .string(let text) = self { text } else { "" } }
}
