internal import CausewayModel

/// JSON Schema (2020-12) of a configuration file, for editors.
enum ConfigurationJSONSchema {
    static func schema() -> JSONValue {
        var properties = properties(of: ConfigurationSchema.top, defaults: Configuration())
        let destination = Self.properties(of: ConfigurationSchema.destination, defaults: Configuration.Destination(name: ""))
        properties.append(
            (
                ConfigurationSchema.destinationsName,
                .members([
                    ("description", .string(ConfigurationSchema.destinationsSummary)),
                    ("type", .array([.string("object"), .string("null")])),
                    ("propertyNames", .members([("pattern", .string("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"))])),
                    ("additionalProperties", mapping(destination)),
                ])
            )
        )
        return .members(
            [
                ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                ("title", .string("Configuration of causeway")),
            ] + members(properties)
        )
    }

    private static func properties<Root>(of entries: [ConfigurationEntry<Root>], defaults: Root) -> [(String, JSONValue)] {
        entries.compactMap { entry in
            let summary = ("description", JSONValue.string(entry.summary))
            switch entry.content {
            case .section(let inner):
                return (entry.name, .members([summary] + members(properties(of: inner, defaults: defaults))))
            case .value(let value):
                // An empty value is one that is not given.
                let form = JSONValue.array([value.schema, .members([("type", .string("null"))])])
                var members = [summary, ("anyOf", form)]
                if let standard = value.written(defaults) {
                    let number = value.isBare ? Int(standard) : nil
                    members.append(("default", number.map(JSONValue.integer) ?? .string(standard)))
                }
                return (entry.name, .members(members))
            case .list(let list):
                let words = JSONValue.members([("enum", .array(list.words.map { .string($0) }))])
                let text = JSONValue.members([("type", .string("string"))])
                let item = list.words.isEmpty ? text : JSONValue.members([("anyOf", .array([words, .substitution]))])
                return (
                    entry.name,
                    .members([
                        summary, ("type", .array([.string("array"), .string("null")])), ("items", item), ("uniqueItems", .bool(true)),
                    ])
                )
            case .items(let items):
                return (
                    entry.name,
                    .members([summary, ("type", .array([.string("array"), .string("null")])), ("items", items.schema())])
                )
            case .tokens:
                let text = JSONValue.members([("type", .string("string")), ("pattern", .string("[!-~]"))])
                return (
                    entry.name,
                    .members([
                        summary, ("type", .array([.string("object"), .string("null")])), ("additionalProperties", text),
                        ("propertyNames", .members([("minLength", .integer(1)), ("maxLength", .integer(128))])),
                    ])
                )
            case .headers:
                let text = JSONValue.members([("type", .array([.string("string"), .string("number"), .string("boolean")]))])
                return (entry.name, .members([summary, ("type", .string("object")), ("additionalProperties", text)]))
            case .named:
                let text = JSONValue.members([("type", .array([.string("string"), .string("number"), .string("boolean")]))])
                return (
                    entry.name,
                    .members([summary, ("type", .array([.string("object"), .string("null")])), ("additionalProperties", text)])
                )
            case .later:
                return nil
            }
        }
    }

    /// Of a mapping that has these keys.
    static func schema<Root>(of entries: [ConfigurationEntry<Root>], defaults: Root) -> JSONValue {
        mapping(properties(of: entries, defaults: defaults))
    }

    private static func mapping(_ properties: [(String, JSONValue)]) -> JSONValue { .members(members(properties)) }

    private static func members(_ properties: [(String, JSONValue)]) -> [(String, JSONValue)] {
        [
            ("type", .array([.string("object"), .string("null")])),
            ("properties", .members(properties)),
            ("additionalProperties", .bool(false)),
        ]
    }
}

extension Configuration {
    /// JSON Schema of a configuration file.
    public static var jsonSchema: String { ConfigurationJSONSchema.schema().text(isPretty: true) + "\n" }
}
