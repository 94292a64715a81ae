/// What DSPy adds to OpenInference's spans.
package enum DSPy: Dialect {
    package static let name = "dspy"

    package static let signs: [Sign] = [.scope("openinference.instrumentation.dspy")]

    package static func complete(_ facts: inout Facts) {
        guard facts.operation == .executeTool, !facts.isKnown(.toolName) else { return }
        for end in [".__call__", ".acall"] where facts.itemName.hasSuffix(end) {
            facts.set(.toolName, String(facts.itemName.dropLast(end.count)))
        }
    }
}
