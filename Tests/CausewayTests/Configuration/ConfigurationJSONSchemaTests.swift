import CausewayModel
import Testing

@testable import Causeway

struct ConfigurationJSONSchemaTests {
    private let schema: JSONValue

    init() throws { schema = try JSONValue(parsing: Array(Configuration.jsonSchema.utf8)) }

    @Test func `the schema names its dialect and refuses unknown keys everywhere`() {
        #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["additionalProperties"] == .bool(false))
        #expect(schema["properties"]?["spool"]?["properties"]?["keep"]?["additionalProperties"] == .bool(false))
        #expect(schema["properties"]?["destinations"]?["additionalProperties"]?["additionalProperties"] == .bool(false))
    }

    @Test func `every key that is read is in the schema with its default and its meaning, and none that is not there yet`() {
        let http = schema["properties"]?["receivers"]?["properties"]?["otlp"]?["properties"]?["http"]
        #expect(http?["default"]?.string == "127.0.0.1:4318")
        #expect(http?["description"]?.string?.isEmpty == false)
        let inFlight = schema["properties"]?["destinations"]?["additionalProperties"]?["properties"]?["max_in_flight"]
        #expect(inFlight?["default"]?.integer == 4)
        #expect(schema["properties"]?["privacy"] == nil)
        #expect(schema["properties"]?["receivers"]?["properties"]?["otlp"]?["properties"]?["grpc"] == nil)
    }
}
