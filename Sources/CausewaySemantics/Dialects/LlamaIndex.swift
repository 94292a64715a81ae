internal import CausewayOTLP

/// What LlamaIndex adds to OpenInference's spans.
package enum LlamaIndex: Dialect {
    package static let name = "llama_index"

    package static let signs: [Sign] = [.scope("openinference.instrumentation.llama_index")]

    package static func complete(_ facts: inout Facts) {
        if let first = facts.events(named: "First Token Stream Event").first, first.timeNanoseconds >= facts.startNanoseconds {
            facts.set(.timeToFirstChunk, Double(first.timeNanoseconds - facts.startNanoseconds) / 1e9)
        }
        if !facts.events(named: "span.cancelled").isEmpty { facts.noted = .orchestrationCancelled }
    }
}
