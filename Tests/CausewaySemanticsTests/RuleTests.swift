import CausewayModel
import CausewaySemantics
import Testing

/// Every rule of every dialect's table, one by one.
struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var dialect: any Dialect.Type
        var rule: Rule

        var testDescription: String { "\(dialect.name): \(rule.source) is \(rule.target.key)" }
    }

    private static let cases = dialects.flatMap { dialect in
        dialect.rules.filter { !$0.source.hasSuffix(".") && $0.target != .totalTokens }.map { Case(dialect: dialect, rule: $0) }
    }

    /// A value that an attribute of the field can have, and what it is afterwards.
    private static func sample(_ rule: Rule) -> (AttributeValue, AttributeValue) {
        switch rule.reads {
        case .text, .content: ("value-7", "value-7")
        case .quotedText, .quotedContent: ("\"value-7\"", "value-7")
        case .callArguments: (#"{"args":[],"kwargs":{"a":1}}"#, #"{"a":1}"#)
        case .provider: ("Anthropic", "anthropic")
        case .model: ("claude-x", "claude-x")
        case .operation: ("execute_tool", "execute_tool")
        case .count, .integer: ("7", 7)
        case .number, .seconds: ("0.5", 0.5)
        case .milliseconds: (500, 0.5)
        case .microseconds: (500_000, 0.5)
        case .nanoseconds: (500_000_000, 0.5)
        case .moment: ("\"1970-01-01T00:00:01.5Z\"", 0.5)
        case .flag: ("true", true)
        case .texts: (#"["a","b"]"#, .array(["a", "b"]))
        case .finishReasons: ("end_turn", .array(["stop"]))
        case .inputMessages: ("hi", #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#)
        case .outputMessages: ("hi", #"[{"role":"assistant","parts":[{"type":"text","content":"hi"}]}]"#)
        case .systemInstructions: ("hi", #"[{"type":"text","content":"hi"}]"#)
        case .toolDefinitions: (#"[{"name":"f","input_schema":{}}]"#, #"[{"type":"function","name":"f","parameters":{}}]"#)
        case .documents: (#"[{"page_content":"x"}]"#, #"[{"content":"x"}]"#)
        case .redundant: ("x", .empty)
        }
    }

    @Test(arguments: cases)
    func `an attribute that a dialect's table names becomes the field it names`(each: Case) throws {
        let (source, expected) = Self.sample(each.rule)
        // Something that makes it an item of the dialect, whatever the attribute itself gives away.
        var attributes = [Attribute(each.rule.source, source)]
        var name: String?
        for sign in each.dialect.signs where name == nil {
            switch sign {
            case .key(let key) where key != each.rule.source:
                attributes.append(Attribute(key.hasSuffix(".") || key.hasSuffix(":") ? key + "x" : key, "x"))
                name = "work"
            case .value(let key, let values) where key != each.rule.source:
                attributes.append(Attribute(key, .string(values[0])))
                name = "work"
            case .spanName(let start): name = start + "x"
            case .beside(let key):
                attributes += [Attribute(key, "x"), Attribute("gen_ai.provider.name", "openai")]
                name = "work"
            default: break
            }
        }
        let item = UnderstoodItem(try #require(name), attributes)
        #expect(item[each.rule.target.key] == expected)
        if each.rule.source != each.rule.target.key {
            #expect(item[each.rule.source] == nil, "it is said twice")
        }
    }

    @Test func `no table says two things of one key`() {
        for dialect in dialects {
            let keys = dialect.rules.map(\.source)
            #expect(Set(keys).count == keys.count, "\(dialect.name)")
        }
    }

    @Test func `dialects have names of their own`() {
        #expect(Set(dialects.map { $0.name }).count == dialects.count)
    }
}
