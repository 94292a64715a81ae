/// OpenLIT: OpenTelemetry's keys and a few of its own.
package enum OpenLIT: Dialect {
    package static let name = "openlit"

    package static let signs: [Sign] = [
        .scope("openlit"), .resource("telemetry.sdk.name", ["openlit"]), .key("gen_ai.endpoint"), .key("gen_ai.server.ttft"),
        .key("gen_ai.server.tbt"), .beside("gen_ai.application_name"), .beside("gen_ai.environment"),
    ]

    package static let rules: [Rule] = [
        Rule("gen_ai.usage.cost", .costTotal),
        Rule("gen_ai.server.ttft", .timeToFirstChunk, .seconds),
        Rule("gen_ai.request.is_stream", .stream),
        Rule("gen_ai.request.user", .userID, else: 1),
    ]
}
