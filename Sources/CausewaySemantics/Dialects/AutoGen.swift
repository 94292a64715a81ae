/// AutoGen from 0.4 on: what its agents do, and the messages its runtime carries between them.
package enum AutoGen: Dialect {
    package static let name = "autogen"

    package static let signs: [Sign] = [
        .value("gen_ai.system", ["autogen"]), .value("gen_ai.provider.name", ["autogen"]), .scope("autogen-core"), .scope("autogen "),
        .spanName("autogen create "), .spanName("autogen send "), .spanName("autogen publish "), .spanName("autogen process "),
        .spanName("autogen ack "), .spanName("autogen receive "), .spanName("autogen intercept "),
    ]

    package static func complete(_ facts: inout Facts) {
        if facts.nameBegins("autogen ") { facts.set(.step) }
    }
}
