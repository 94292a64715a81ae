/// JSON Schema (2020-12) of a configuration file, for editors.
enum ConfigurationJSONSchema {
    static func schema() -> JSONOutput {
        var properties = properties(of: ConfigurationSchema.top, defaults: Configuration())
        let destination = Self.properties(of: ConfigurationSchema.destination, defaults: Configuration.Destination(name: ""))
        properties.append(
            (
                ConfigurationSchema.destinationsName,
                .object([
                    ("description", .string(ConfigurationSchema.destinationsSummary)),
                    ("type", .list([.string("object"), .string("null")])),
                    ("propertyNames", .object([("pattern", .string("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"))])),
                    ("additionalProperties", mapping(destination)),
                ])
            )
        )
        return .object(
            [
                ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                ("title", .string("Configuration of causeway")),
            ] + members(properties)
        )
    }

    private static func properties<Root>(of entries: [ConfigurationEntry<Root>], defaults: Root) -> [(String, JSONOutput)] {
        entries.compactMap { entry in
            let summary = ("description", JSONOutput.string(entry.summary))
            switch entry.content {
            case .section(let inner):
                return (entry.name, .object([summary] + members(properties(of: inner, defaults: defaults))))
            case .value(let value):
                // An empty value is one that is not given.
                let schema = JSONOutput.object([("anyOf", .list([value.schema, .object([("type", .string("null"))])]))])
                guard case .object(let form) = schema else { return nil }
                let standard = value.written(defaults).map { text in
                    ("default", value.isBare ? Int(text).map(JSONOutput.integer) ?? .string(text) : .string(text))
                }
                return (entry.name, .object([summary] + form + (standard.map { [$0] } ?? [])))
            case .headers:
                let text = JSONOutput.object([("type", .list([.string("string"), .string("number"), .string("boolean")]))])
                return (entry.name, .object([summary, ("type", .string("object")), ("additionalProperties", text)]))
            case .later:
                return nil
            }
        }
    }

    private static func mapping(_ properties: [(String, JSONOutput)]) -> JSONOutput { .object(members(properties)) }

    private static func members(_ properties: [(String, JSONOutput)]) -> [(String, JSONOutput)] {
        [
            ("type", .list([.string("object"), .string("null")])),
            ("properties", .object(properties)),
            ("additionalProperties", .boolean(false)),
        ]
    }
}

extension Configuration {
    /// JSON Schema of a configuration file.
    public static var jsonSchema: String { ConfigurationJSONSchema.schema().text(isPretty: true) + "\n" }
}
