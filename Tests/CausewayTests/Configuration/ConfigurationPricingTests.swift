@testable import Causeway
import CausewaySemantics
import Testing

/// `semantics.pricing`: what is read, and what is a mistake.
struct ConfigurationPricingTests {
    private func pricing(_ yaml: String) -> LoadedConfiguration {
        load(anyDestination + "semantics:\n  pricing:\n" + yaml.split(separator: "\n").map { "    \($0)\n" }.joined())
    }

    @Test func `with nothing said the built-in table is used`() {
        let settings = load(anyDestination).configuration.semantics.pricing
        #expect(settings.isEnabled && settings.usesBuiltIn && settings.file == nil)
        #expect(PriceBook(settings, nil).tables.map(\.name) == ["builtin"])
    }

    @Test func `overrides and fees are read in their order`() throws {
        let loaded = pricing(
            """
            builtin: false
            overrides:
              - { model: our-deployment, as: gpt-4o }
              - { model: "claude-*", tenant: acme, discount: 12.5% }
              - model: local
                provider: vllm
                input: 0.1
                output: 2e-1
                per_second: "0.0004"
            tools: [{ tool: web_search, per_call: 0.01 }, { endpoint: "*.maps.example", tenant: acme, per_call: 0.005 }]
            """
        )
        #expect(loaded.findings.map(\.description) == [])
        let book = PriceBook(loaded.configuration.semantics.pricing, nil)
        #expect(book.aliases == ["our-deployment": "gpt-4o"])
        #expect(book.overrides.map(\.model) == ["claude-*", "local"])
        #expect(book.overrides[0].share == 875_000)
        #expect(book.overrides[1].prices[.input]?.text == "0.0000001")
        #expect(book.overrides[1].prices[.output]?.text == "0.0000002")
        #expect(book.overrides[1].prices[.second]?.text == "0.0004")
        #expect(book.fees.map(\.perCall.text) == ["0.01", "0.005"])
        #expect(book.tables.isEmpty)
        #expect(loaded.printed.contains(#"- { model: "claude-*", tenant: acme, discount: 12.5% }"#))
        #expect(loaded.origins["semantics.pricing.overrides[1]"]?.description == "c.yaml:7")
    }

    static let mistakes: [(String, String)] = [
        ("overrides: [{ input: 1, output: 2 }]", "no model"), ("overrides: [{ model: a }]", "says nothing about the price"),
        ("overrides: [{ model: a, as: b, input: 1 }]", "contradict"), ("overrides: [{ model: a, discount: 5%, input: 1 }]", "contradict"),
        ("overrides: [{ model: a, as: b, tenant: t }]", "as holds for all tenants"),
        ("overrides: [{ model: \"a*\", as: b }]", "whole name"),
        ("overrides: [{ model: a, output: 2 }]", "no price for input"), ("overrides: [{ model: a, input: -1 }]", "negative"),
        ("overrides: [{ model: a, input: much }]", "not a number"),
        ("overrides: [{ model: a, input: 1e9 }]", "more than a million dollars"),
        ("overrides: [{ model: a, discount: 120% }]", "no share"), ("overrides: [{ model: a, discount: 0.2 }]", "no share"),
        ("overrides: [{ model: a, price: 1 }]", "unknown key"), ("overrides: { model: a }", "takes a list"),
        ("overrides: [a]", "takes keys and values"),
        ("tools: [{ per_call: 1 }]", "no tool"), ("tools: [{ tool: a }]", "no price"), ("currency: EUR", "unknown key"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its line and key`(yaml: String, words: String) {
        let errors = pricing(yaml).errors
        #expect(
            errors.count == 1 && errors[0].contains(words) && errors[0].contains("c.yaml:4") && errors[0].contains("semantics.pricing"),
            "\(errors)"
        )
    }

    @Test func `a file that is not there is a warning: it may come`() {
        let warnings = pricing("file: prices.json").warnings
        #expect(warnings.count == 1 && warnings[0].contains("prices.json cannot be read") && warnings[0].contains("built-in"))
    }

    @Test func `prices are taken over by a reload`() {
        #expect(
            Configuration.changesNeedingRestart(from: Configuration(), to: pricing("enabled: false").configuration).filter {
                $0.contains("pricing")
            } == []
        )
    }
}
