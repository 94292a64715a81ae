@testable import CausewaySemantics
import Testing

/// The names that are tried, in their order.
struct ModelNamesTests {
    static let rows: [(String, [String])] = [
        ("GPT-4o", ["gpt-4o"]), ("gpt-4o-2024-08-06", ["gpt-4o-2024-08-06", "gpt-4o"]), ("gpt-4o-20240806", ["gpt-4o-20240806", "gpt-4o"]),
        ("openai/gpt-4o-2024-08-06", ["openai/gpt-4o-2024-08-06", "gpt-4o-2024-08-06", "openai/gpt-4o", "gpt-4o"]),
        ("claude-sonnet-4@20250514", ["claude-sonnet-4@20250514", "claude-sonnet-4-20250514", "claude-sonnet-4"]),
        (
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            [
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0",
                "anthropic.claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929", "anthropic.claude-sonnet-4-5", "claude-sonnet-4-5",
            ]
        ),
        ("claude-opus-4-8[1m]", ["claude-opus-4-8[1m]", "claude-opus-4-8"]), ("grok-4-fast", ["grok-4-fast"]),
        ("ft:gpt-4o-mini-2024-07-18:org:sfx:id", ["ft:gpt-4o-mini-2024-07-18:org:sfx:id", "ft:gpt-4o-mini-2024-07-18", "ft:gpt-4o-mini"]),
        ("gemini-2.5-pro-preview-06-05", ["gemini-2.5-pro-preview-06-05", "gemini-2.5-pro-preview", "gemini-2.5-pro"]),
        ("gemini-2.0-flash-001", ["gemini-2.0-flash-001", "gemini-2.0-flash"]),
        ("gemini-2.0-flash-exp", ["gemini-2.0-flash-exp", "gemini-2.0-flash"]), ("gpt-4o-latest", ["gpt-4o-latest", "gpt-4o"]),
        ("claude-3.7-sonnet:thinking", ["claude-3.7-sonnet:thinking", "claude-3.7-sonnet"]), ("gpt-4o:nitro", ["gpt-4o:nitro", "gpt-4o"]),
        ("accounts/a/models/llama-v3", ["accounts/a/models/llama-v3", "a/models/llama-v3", "models/llama-v3", "llama-v3"]),
        ("gpt-4-05-13", ["gpt-4-05-13"]), ("claude-sonnet-4-5", ["claude-sonnet-4-5"]), ("", []), ("   ", []), ("/", ["/"]),
        ("a//b", ["a//b", "/b", "b"]),
        (String(repeating: "x", count: 600), []), ("model:free", ["model:free"]), ("@", ["@", "-"]),
        ("gpt-4o-2024-13-45", ["gpt-4o-2024-13-45"]), ("arn:aws:bedrock:eu-west-1", ["arn:aws:bedrock:eu-west-1"]),
    ]

    @Test(arguments: rows)
    func `the full name comes first, then what remains`(name: String, forms: [String]) {
        #expect(ModelNames(name).forms.map(\.name) == forms)
    }

    @Test func `a path without end ends`() {
        #expect(ModelNames(String(repeating: "a/", count: 200)).forms.count <= 8)
    }

    static let patterns: [(String, [String], [String])] = [
        ("^o[134]", ["o1", "o3-mini"], ["po1", "o2"]),
        (#"^gpt-5\.4-\d{4}-\d{2}-\d{2}$"#, ["gpt-5.4-2026-03-05"], ["gpt-5.4-2026-3-5", "gpt-504-2026-03-05"]),
        (#"^(?!.*-[tT][tT][sS](?:$|-))"#, ["gemini-2.5", "atts"], ["gemini-2.5-tts", "x-TTS-preview"]),
        (#"https://(.*\.)?googleapis\.com"#, ["https://googleapis.com/", "https://a.b.googleapis.com"], ["https://googleapis.org"]),
        ("^a{2,3}b*c+d?$", ["aac", "aaabbccd"], ["ac", "aaaac", "aab"]), ("^(a|b|cd)*$", ["", "abcd", "cdcd"], ["c"]),
        ("[^/]+/x", ["a/x"], ["/x"]), ("^[a-z0-9-]+$", ["us-east-1"], ["US"]), ("^(a*)*$", ["aaaa", ""], ["b"]),
    ]

    @Test(arguments: patterns)
    func `a pattern matches what regular expressions match`(pattern: String, yes: [String], no: [String]) throws {
        let pattern = try NamePattern(pattern)
        for text in yes { #expect(pattern.matches(Array(text.utf8)), "\(text)") }
        for text in no { #expect(!pattern.matches(Array(text.utf8)), "\(text)") }
    }

    @Test(arguments: ["(", ")", "[", "*a", "a**", #"\p"#, "(?<n>a)", "a{3", "a{4,2}", #"\1"#])
    func `a pattern of another kind is refused`(pattern: String) {
        #expect(throws: NamePattern.Mistake.self) { _ = try NamePattern(pattern) }
    }

    @Test func `a pattern that would take forever matches nothing soon`() throws {
        let pattern = try NamePattern("^(a|aa)+$")
        #expect(!pattern.matches(Array((String(repeating: "a", count: 400) + "b").utf8)))
    }

    @Test func `a star stands for anything`() {
        #expect(Wildcard.matches("claude-*", "claude-sonnet"))
        #expect(Wildcard.matches("*", ""))
        #expect(Wildcard.matches("a*b*c", "a-b-b-c"))
        #expect(!Wildcard.matches("a*b", "a-b-c"))
        #expect(!Wildcard.matches("", "a"))
    }
}
