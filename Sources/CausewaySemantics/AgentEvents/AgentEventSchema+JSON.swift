package import CausewayModel

// The same descriptions as JSON Schema (2020-12).

extension AgentEventSchema {
    package static let identifier = "https://causeway.invalid/schema/agent-event.json"

    /// What `causeway schema` prints.
    package static func jsonSchema() -> JSONValue {
        .object([
            JSONMember("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            JSONMember("$id", .string(identifier)),
            JSONMember("title", .string("Agent event")),
            JSONMember(
                "description",
                .string(
                    "One line of agent events: a JSON object without a line break in it. Members that are not named here are kept as "
                        + "attributes causeway.extra.<name>. A member that is null counts as left out."
                )
            ),
            JSONMember("type", .string("object")),
            JSONMember("required", .array([.string("type")])),
            JSONMember(
                "properties",
                .object([JSONMember("type", .object([JSONMember("enum", .array(AgentEventType.allCases.map { .string($0.rawValue) }))]))])
            ),
            JSONMember("oneOf", .array(AgentEventType.allCases.map { .object([JSONMember("$ref", .string("#/$defs/\($0.rawValue)"))]) })),
            JSONMember("$defs", .object(AgentEventType.allCases.map { JSONMember($0.rawValue, definition($0)) } + [timeDefinition])),
        ])
    }

    private static func definition(_ type: AgentEventType) -> JSONValue {
        let fields = fields(of: type)
        var members = [
            JSONMember("title", .string(type.rawValue)),
            JSONMember("description", .string(type.summary)),
            JSONMember("type", .string("object")),
        ]
        let properties = fields.map { field in
            field.name == "type"
                ? JSONMember("type", .object([JSONMember("const", .string(type.rawValue))]))
                : JSONMember(field.name, schema(field, type))
        }
        members.append(JSONMember("properties", .object(properties)))
        members.append(JSONMember("required", .array((["type"] + required(of: type)).map { .string($0) })))
        members += conditions(type)
        members.append(JSONMember("examples", .array([example(type)])))
        return .object(members)
    }

    /// What a line must have because of what else it has. Null counts as left out here, too.
    private static func conditions(_ type: AgentEventType) -> [JSONMember] {
        var rules: [JSONValue] = []
        func needs(_ wanted: [String], with present: [String]) {
            rules.append(.object([JSONMember("if", having(present)), JSONMember("then", having(wanted))]))
        }
        switch type.shape {
        case .span:
            needs(["trace_id"], with: ["parent_id"])
            needs(["trace_id", "id"], with: ["phase"])
        case .logRecord:
            needs(["trace_id"], with: ["id"])
            needs(["trace_id"], with: ["parent_id"])
        case .spanEvent: break
        }
        if type == .evaluation {
            // Without a span of its own it is a result on another one.
            let own = ["id", "start", "end", "duration_ms", "phase"].map { having([$0]) }
            rules.append(.object([JSONMember("anyOf", .array(own + [having(["trace_id"])]))]))
        }
        if type == .failure {
            rules.append(
                .object([JSONMember("anyOf", .array(["category", "code", "message", "error_type", "failure"].map { having([$0]) }))])
            )
            rules += failureRules(type)
        }
        let present = required(of: type)
        if !present.isEmpty { rules.append(having(present)) }
        return rules.isEmpty ? [] : [JSONMember("allOf", .array(rules))]
    }

    /// A line that has these members, and not as null.
    private static func having(_ names: [String]) -> JSONValue {
        .object([
            JSONMember("required", .array(names.map { .string($0) })),
            JSONMember(
                "properties",
                .object(names.map { JSONMember($0, .object([JSONMember("not", .object([JSONMember("type", .string("null"))]))])) })
            ),
        ])
    }

    /// Which codes go with which category; without one the type of the line, or the code itself, must tell.
    private static func failureRules(_ type: AgentEventType) -> [JSONValue] {
        func pattern(_ words: [String]) -> JSONValue {
            let text = "^(" + words.joined(separator: "|") + ")$"
            return .object([JSONMember("properties", .object([JSONMember("code", .object([JSONMember("pattern", .string(text))]))]))])
        }
        let custom = "custom\\..+"
        var rules: [JSONValue] = []
        for category in categories {
            let own = (AgentEventDecoder.codes[category] ?? []).flatMap { [$0, "\(category)\\.\($0)"] }
            let given = JSONValue.object([
                JSONMember("required", .array([.string("category")])),
                JSONMember("properties", .object([JSONMember("category", .object([JSONMember("const", .string(category))]))])),
            ])
            rules.append(.object([JSONMember("if", given), JSONMember("then", pattern(own + [custom, "\(category)\\.\(custom)"]))]))
        }
        let all = categories.flatMap { category in (AgentEventDecoder.codes[category] ?? []).map { (category, $0) } }
        let likely = AgentEventDecoder.category(of: type)
        let bare = all.filter { one in one.0 == likely || all.filter { $0.1 == one.1 }.count == 1 }.map(\.1)
        let named = all.map { "\($0.0)\\.\($0.1)" } + categories.map { "\($0)\\.\(custom)" }
        let none = JSONValue.object([JSONMember("not", having(["category"]))])
        rules.append(.object([JSONMember("if", none), JSONMember("then", pattern(bare + named + [custom]))]))
        return rules
    }

    private static func schema(_ field: AgentEventField, _ type: AgentEventType) -> JSONValue {
        var members: [JSONMember] = []
        if !field.summary.isEmpty { members.append(JSONMember("description", .string(field.summary))) }
        if case .role(.failureCode) = field.target {
            members += [types("string"), JSONMember("maxLength", .number(JSONNumber(Int64(100))))]
        } else {
            members += form(field.form, type)
        }
        if let example = try? JSONValue(parsing: Array(field.example.utf8)) { members.append(JSONMember("examples", .array([example]))) }
        return .object(members)
    }

    private static func types(_ names: String...) -> JSONMember {
        JSONMember("type", .array((names + ["null"]).map { .string($0) }))
    }

    private static func form(_ form: AgentEventField.Form, _ type: AgentEventType) -> [JSONMember] {
        let zero = JSONMember("minimum", .number(JSONNumber(Int64(0))))
        switch form {
        case .text: return [types("string", "number")]
        case .word(let words): return [JSONMember("enum", .array(words.map { .string($0) } + [.null]))]
        case .id: return [types("string", "number"), JSONMember("minLength", .number(JSONNumber(Int64(1))))]
        case .time: return [JSONMember("$ref", .string("#/$defs/time"))]
        case .count: return [types("integer"), zero]
        case .integer: return [types("integer")]
        case .number: return [types("number")]
        case .amount: return [types("number"), zero]
        case .duration:
            return [types("number"), zero, JSONMember("maximum", .number(JSONNumber(AgentEventField.longestDuration)))]
        case .flag: return [types("boolean")]
        case .texts: return [types("array", "string"), JSONMember("items", .object([JSONMember("type", .string("string"))]))]
        case .content: return []
        case .list: return [types("array")]
        case .map: return [types("object")]
        case .object(let fields, let short, _):
            let properties = JSONMember("properties", .object(fields.map { JSONMember($0.name, schema($0, type)) }))
            var whole = [types("object"), properties]
            if fields.contains(where: { if case .role(.failureCode) = $0.target { true } else { false } }) {
                whole.append(JSONMember("allOf", .array(failureRules(type))))
            }
            let object = JSONValue.object(whole)
            guard let short, let meant = fields.first(where: { $0.name == short }) else { return whole }
            return [JSONMember("anyOf", .array([object, .object(Self.form(meant.form, type))]))]
        case .listOfObjects(let fields):
            let item = JSONValue.object([
                JSONMember("type", .string("object")),
                JSONMember("properties", .object(fields.map { JSONMember($0.name, schema($0, type)) })),
                JSONMember("allOf", .array([having([fields[0].name])])),
            ])
            return [types("array"), JSONMember("items", item)]
        }
    }

    private static let timeDefinition = JSONMember(
        "time",
        .object([
            JSONMember(
                "description",
                .string("RFC 3339 text (without a zone: UTC), or whole nanoseconds since 1970; not more than an hour ahead.")
            ),
            JSONMember(
                "anyOf",
                .array([
                    .object([
                        JSONMember("type", .string("string")),
                        JSONMember(
                            "pattern",
                            .string(
                                "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]"
                                    + "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
                                    + "([.,][0-9]*)?([Zz]|[+-][0-9]{2}:?([0-9]{2})?)?$"
                            )
                        ),
                    ]),
                    .object([
                        JSONMember("type", .string("integer")),
                        JSONMember("minimum", .number(JSONNumber(Int64(1_000_000_000_000_000)))),
                    ]),
                    .object([JSONMember("type", .string("null"))]),
                ])
            ),
        ])
    )

    /// A line with everything that the type itself has.
    package static func example(_ type: AgentEventType) -> JSONValue {
        var members = [
            JSONMember("type", .string(type.rawValue)), JSONMember("trace_id", .string("run-42")),
            JSONMember("id", .string(type == .request ? "run-42" : "\(type.rawValue)-1")),
        ]
        if type.shape == .span {
            if type != .request { members.append(JSONMember("parent_id", .string("run-42"))) }
            members.append(JSONMember("start", .string("2026-01-01T12:00:00Z")))
            members.append(JSONMember("duration_ms", .number(JSONNumber(Int64(1250)))))
        } else {
            members.append(JSONMember("time", .string("2026-01-01T12:00:00.250Z")))
        }
        let skipped: Set<String> = ["name", "message", "failure"]
        for field in ownFields(of: type) where type == .log || type == .check || type == .failure || !skipped.contains(field.name) {
            if type == .failure && field.name == "failure" { continue }
            if let value = try? JSONValue(parsing: Array(field.example.utf8)) { members.append(JSONMember(field.name, value)) }
        }
        return .object(members)
    }
}
