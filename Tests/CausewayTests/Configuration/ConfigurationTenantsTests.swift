import Testing

@testable import Causeway

/// The keys under `tenants`.
struct ConfigurationTenantsTests {
    @Test func `sources keep their order, and a tenant may have several tokens`() {
        let loaded = load(
            anyDestination + "tenants:\n  from: [token, resource]\n  tokens: { acme: \"${env:A} second\", \"b c\": x }\n",
            environment: ["A": "first"]
        )
        #expect(loaded.errors == [])
        #expect(loaded.configuration.tenants.from == [.token, .resource])
        #expect(loaded.configuration.tenants.tokens.map(\.tenant) == ["acme", "acme", "b c"])
        #expect(loaded.configuration.tenants.tokens.map { $0.token.revealed() } == ["first", "second", "x"])
    }

    @Test func `tokens are never printed, and what is printed can be read again`() {
        let loaded = load(anyDestination + "tenants: { from: [token], tokens: { acme: geheim, beta: t2 } }\n")
        #expect(!loaded.printed.contains("geheim") && loaded.printed.contains("acme: \"***\""))
        #expect(loaded.printed.contains("from: [token]"))
        #expect(!load(loaded.printed).errors.contains { $0.contains("from") })
    }

    @Test(arguments: [
        ("tenants: { from: header }", "c.yaml:1: tenants.from: takes a list; write `from: [token, header, resource]`"),
        ("tenants: { from: [headr] }", "c.yaml:1: tenants.from: \"headr\" is not one of: token, header, resource; did you mean header?"),
        ("tenants: { from: [header, header] }", "c.yaml:1: tenants.from: header twice; name it once"),
        ("tenants: { from: [[header]] }", "c.yaml:1: tenants.from: takes one value, not a list; write `from: VALUE`"),
        ("tenants: { form: [header] }", "c.yaml:1: tenants.form: unknown key; did you mean from?"),
        (
            "tenants: { from: [resource, header] }",
            "c.yaml:1: tenants.from: what stands behind resource is never asked; write resource last"
        ),
        ("tenants: { tokens: { a: x } }", "c.yaml:1: tenants.tokens: not used; write tenants.from: [token]"),
        (
            "tenants: { from: [token] }",
            "c.yaml:1: tenants.from: token, and no tokens; write tenants.tokens: { NAME: \"${env:TOKEN}\" }, or leave token out"
        ),
        (
            "tenants: { from: [token], tokens: { a: x, b: x } }",
            "c.yaml:1: tenants.tokens.b: a token that is there already; give each tenant tokens of its own"
        ),
        (
            "tenants: { from: [token], tokens: { a: \"\" } }",
            "c.yaml:1: tenants.tokens.a: no token; write a: \"${env:TOKEN}\", or remove it"
        ),
        (
            "tenants: { from: [token], tokens: { \"*\": x } }",
            "c.yaml:1: tenants.tokens.*: not a tenant's name; write 1 to 128 bytes of printable text"
        ),
        (
            "tenants: { from: [token], tokens: x }",
            "c.yaml:1: tenants.tokens: has tenants' names below it, not a value; write { NAME: \"${env:TOKEN}\" }"
        ),
    ])
    func `every mistake is told with what to do`(yaml: String, error: String) {
        #expect(load(anyDestination + "\n" + yaml).errors.map { $0.replacing(":3:", with: ":1:") } == [error])
    }

    @Test func `a header before tokens is warned of`() {
        let warnings = load(anyDestination + "tenants: { from: [header, token], tokens: { a: x } }").warnings
        #expect(warnings.contains { $0.contains("anybody may name any tenant") })
    }
}
