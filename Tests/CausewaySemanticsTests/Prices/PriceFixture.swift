import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// Tables and calls that lie in `Fixtures/prices`.
enum PriceFixture {
    static let folder = Capture.fixtures.appending(path: "prices")

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    /// A file of prices, read in pieces of so many bytes.
    static func table(_ name: String, pieces: Int = 4096) throws -> PriceTable { try table(bytes(name), pieces: pieces) }

    static func table(_ bytes: [UInt8], date: String = "2026-11-22", pieces: Int = 4096) throws(PriceFileError) -> PriceTable {
        var file = PriceFile(date: date)
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces, bytes.count)
            try file.read(Array(bytes[start..<end]))
            start = end
        }
        return try file.finish()
    }

    static let litellm = PriceBook(tables: [try! table("litellm.json")])
    static let genai = PriceBook(tables: [try! table("genai.json")])
    static let aliases = PriceBook(tables: litellm.tables, aliases: ["our-chat-prod": "azure/gpt-4o"])
    static let overrides: PriceBook = {
        func own(
            _ model: String,
            provider: String? = nil,
            tenant: String? = nil,
            _ prices: [PriceUnit: String] = [:],
            share: Int64? = nil
        ) -> PriceOverride {
            var override = PriceOverride(model: model, provider: provider, tenant: tenant)
            override.prices = Dictionary(
                uniqueKeysWithValues: prices.map {
                    ($0.key, try! Dollars($0.value, perPowerOfTen: $0.key == .second || $0.key == .request ? 0 : 6))
                }
            )
            override.share = share
            return override
        }
        return PriceBook(
            tables: litellm.tables,
            overrides: [
                own("gpt-4o", provider: "openai", tenant: "acme", [.input: "2", .output: "8"]),
                own("meta-llama/*", provider: "vllm", [.input: "0.1", .output: "0.2"]),
                own("qwen-local", [.second: "0.0004"]),
                own("claude-*", tenant: "acme", share: 800_000),
                own("house-router", [.request: "0.0005"]),
                own("negotiated-model", [.input: "1", .output: "4", .cacheRead: "0.1", .cacheWrite: "1.25", .cacheWriteHour: "2"]),
            ]
        )
    }()

    static func book(_ name: String) -> PriceBook {
        switch name {
        case "litellm": litellm
        case "genai": genai
        case "aliases": aliases
        case "overrides": overrides
        default: preconditionFailure(name)
        }
    }
}

/// A model's call and what it costs, by hand.
struct PricedCall: Sendable, CustomTestStringConvertible {
    let line: String
    let value: JSONValue

    var testDescription: String { line }

    static let all: [PricedCall] = {
        let text = String(decoding: try! PriceFixture.bytes("conformance.jsonl"), as: UTF8.self)
        return text.split(separator: "\n").map { PricedCall(line: String($0), value: try! JSONValue(parsing: Array($0.utf8))) }
    }()

    func text(_ key: String) -> String { value[key]?.string ?? "" }

    /// As a span in the conventions' words.
    var span: [UInt8] {
        var attributes = [Attribute("gen_ai.operation.name", .string(value["operation"]?.string ?? "chat"))]
        func add(_ key: String, _ name: String) {
            if let text = value[name]?.string, !text.isEmpty { attributes.append(Attribute(key, .string(text))) }
        }
        add("gen_ai.provider.name", "provider")
        add("gen_ai.request.model", "request")
        add("gen_ai.response.model", "response")
        add("server.address", "host")
        add("openai.response.service_tier", "tier")
        let keys = [
            "input": "gen_ai.usage.input_tokens", "output": "gen_ai.usage.output_tokens",
            "cache_read": "gen_ai.usage.cache_read.input_tokens", "cache_write": "gen_ai.usage.cache_creation.input_tokens",
            "cache_write_1h": "causeway.usage.cache_write_1h.input_tokens", "reasoning": "gen_ai.usage.reasoning.output_tokens",
            "audio_input": "gen_ai.usage.audio.input_tokens", "audio_output": "gen_ai.usage.audio.output_tokens",
            "image_input": "gen_ai.usage.image.input_tokens", "image_output": "gen_ai.usage.image.output_tokens",
            "audio_cache_read": "gen_ai.usage.audio.cache_read.input_tokens",
            "image_cache_read": "gen_ai.usage.image.cache_read.input_tokens",
            "web_searches": "causeway.usage.web_searches",
        ]
        guard case .object(let usage)? = value["usage"] else { preconditionFailure(line) }
        for count in usage { attributes.append(Attribute(keys[count.name]!, .int(count.value.integer!))) }
        // What the total shows is not guessed: the counts are meant as the conventions have them.
        if let input = value["usage"]?["input"]?.integer {
            attributes.append(Attribute("gen_ai.usage.total_tokens", .int(input + (value["usage"]?["output"]?.integer ?? 0))))
        }
        let start =
            UInt64(try! Date(value["at"]?.string ?? "2026-11-20T12:00:00Z", strategy: .iso8601).timeIntervalSince1970) * 1_000_000_000
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: SpanID(4),
            name: "chat",
            startNanoseconds: start,
            endNanoseconds: start + UInt64(value["milliseconds"]?.integer ?? 700) * 1_000_000
        )
        span.attributes = attributes
        return TelemetryRecord(resource: [], scope: ScopeRecord(name: "test"), items: .spans([span])).encoded()
    }
}

/// Sums and products of decimal numbers, exactly.
struct Arithmetic {
    /// `digits × 10^-places`.
    private typealias Value = (digits: Int128, places: Int)

    private var rest: Substring

    /// In thousandths, half of one rounded upwards.
    static func thousandths(_ text: String) -> Int128 {
        var arithmetic = Arithmetic(rest: text.filter { $0 != " " }[...])
        let value = arithmetic.sum()
        precondition(arithmetic.rest.isEmpty, text)
        let divisor = power(max(0, value.places - 3))
        return (value.digits * power(max(0, 3 - value.places)) * 2 + divisor) / (2 * divisor)
    }

    private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }

    private mutating func sum() -> Value {
        var value = product()
        while rest.first == "+" {
            rest.removeFirst()
            let next = product()
            let places = max(value.places, next.places)
            value = (
                value.digits * Self.power(places - value.places) + next.digits * Self.power(places - next.places), places
            )
        }
        return value
    }

    private mutating func product() -> Value {
        var value = factor()
        while rest.first == "*" {
            rest.removeFirst()
            let next = factor()
            value = (value.digits * next.digits, value.places + next.places)
        }
        return value
    }

    private mutating func factor() -> Value {
        if rest.first == "(" {
            rest.removeFirst()
            defer { rest.removeFirst() }
            return sum()
        }
        let number = rest.prefix { $0.isNumber || $0 == "." }
        rest = rest.dropFirst(number.count)
        let parts = number.split(separator: ".")
        return (Int128(parts.joined())!, parts.count > 1 ? parts[1].count : 0)
    }
}
