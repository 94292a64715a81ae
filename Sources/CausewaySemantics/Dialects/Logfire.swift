/// Logfire's wrappers of model clients: the conventions' keys, with requests and answers as JSON beside them.
package enum Logfire: Dialect {
    package static let name = "logfire"

    // What marks a span as Logfire's says nothing about agents.
    package static let signs: [Sign] = [.key("gen_ai.usage.raw"), .beside("logfire."), .beside("request_data"), .beside("response_data")]

    package static let rules: [Rule] = [Rule("operation.cost", .costTotal)]

    package static func complete(_ facts: inout Facts) {
        facts.takeUsage("gen_ai.usage.raw", else: 1)
        if facts.takeParameters("request_data") { facts.drop("request_data") }
        if !facts.isKnown(.inputMessages) { facts.take("request_data", as: .inputMessages, .inputMessages, else: 1) }
        if !facts.isKnown(.outputMessages) { facts.take("response_data", as: .outputMessages, .outputMessages, else: 1) }
    }
}
