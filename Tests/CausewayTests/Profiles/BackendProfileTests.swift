import CausewayExporters
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Foundation
import Testing

@testable import Causeway

/// What is known about each backend, and what it makes of a request.
struct BackendProfileTests {
    @Test func `every backend has a profile, and every profile says what it has to`() {
        let wanted = [
            "arize", "braintrust", "datadog", "dynatrace", "grafana_cloud", "honeycomb", "jaeger", "langfuse", "langsmith", "mlflow",
            "newrelic", "opik", "phoenix", "signoz", "tempo", "traceloop", "weave",
        ]
        #expect(BackendProfile.names == wanted)
        for name in wanted {
            guard let backend = BackendProfile.named(name) else { continue }
            #expect(!backend.title.isEmpty && EndpointURL(backend.endpoint) != nil && !backend.shows.isEmpty && !backend.lacks.isEmpty)
            let known = backend.credentials.map(\.name) + ["project"]
            let forms = backend.headers.map(\.form) + backend.resource.map(\.form)
            for name in backend.requires + forms.flatMap({ HeaderForm.names(in: $0) }) {
                #expect(known.contains(name), "\(backend.name): \(name)")
            }
        }
    }

    @Test(arguments: ProfileCase.all)
    func `the lines that the page shows are a configuration without fault`(profile: ProfileCase) {
        let loaded = profile.loaded()
        #expect(loaded.errors == [] && loaded.warnings.filter { !$0.contains("unencrypted") } == [])
        #expect(profile.example.split(separator: "\n").count <= 10)
        #expect(loaded.configuration.destinations.map(\.profile.rawValue) == [profile.name])
    }

    @Test(arguments: ProfileCase.all)
    func `a backend gets the request that stands beside its profile`(profile: ProfileCase) throws {
        let text = try profile.request().text(isPretty: true) + "\n"
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil { return try Data(text.utf8).write(to: profile.golden) }
        #expect(text == String(decoding: try Data(contentsOf: profile.golden), as: UTF8.self))
    }

    @Test(arguments: [
        ("langfuse", "https://cloud.langfuse.com/api/public/otel/v1/traces"), ("phoenix", "http://127.0.0.1:6006/v1/traces"),
        ("langsmith", "https://api.smith.langchain.com/otel/v1/traces"),
        ("opik", "https://www.comet.com/opik/api/v1/private/otel/v1/traces"),
        ("grafana_cloud", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/traces"),
        ("dynatrace", "https://abc12345.live.dynatrace.com/api/v2/otlp/v1/traces"),
        ("weave", "https://trace.wandb.ai/agents/otel/v1/traces"),
        ("braintrust", "https://api.braintrust.dev/otel/v1/traces"), ("datadog", "https://otlp.datadoghq.com/v1/traces"),
    ])
    func `spans go where the backend takes them`(profile: String, url: String) throws {
        #expect(try ProfileCase(name: profile).request()["url"] == .string(url))
    }

    @Test func `an address that has the backend's base already does not get it twice`() {
        let loaded = load(
            "destinations: { a: { profile: langfuse, endpoint: \"https://l.example/api/public/otel/\", credentials: { public_key: a, secret_key: b } } }"
        )
        #expect(loaded.configuration.destinations[0].url(for: .traces)?.description == "https://l.example/api/public/otel/v1/traces")
    }

    @Test(arguments: [
        "phoenix", "mlflow", "langfuse", "langsmith", "opik", "tempo", "jaeger", "datadog", "weave", "traceloop", "braintrust",
    ])
    func `metrics and logs do not go where they are not taken`(name: String) {
        let destination = ProfileCase(name: name).loaded().configuration.destinations[0]
        #expect(destination.url(for: .metrics) == nil && destination.url(for: .logs) == nil)
    }

    @Test(arguments: [("dynatrace", "delta"), ("newrelic", "delta"), ("grafana_cloud", "cumulative")])
    func `metrics go in the temporality that the backend takes`(name: String, temporality: String) {
        #expect(ProfileCase(name: name).loaded().configuration.destinations[0].temporality?.rawValue == temporality)
    }

    @Test func `Langfuse's two keys become one header`() throws {
        let headers = try ProfileCase(name: "langfuse").request()["headers"]
        #expect(headers?["authorization"] == .string("Basic dGhlLXB1YmxpY19rZXk6dGhlLXNlY3JldF9rZXk="))
        #expect(headers?["x-langfuse-ingestion-version"] == .string("4"))
    }

    @Test func `a header that lacks a part is left out`() throws {
        #expect(try ProfileCase(name: "phoenix").request()["headers"] == .members([]))
        #expect(try ProfileCase(name: "phoenix").request("project: shop")["headers"]?["x-project-name"] == .string("shop"))
    }

    @Test func `tenants have projects of their own, and the others the common one`() throws {
        let more = "projects: { acme: acme-agents }\nproject: rest"
        let phoenix = ProfileCase(name: "phoenix")
        #expect(try phoenix.request(more, tenant: "acme")["headers"]?["x-project-name"] == .string("acme-agents"))
        #expect(try phoenix.request(more, tenant: "other")["headers"]?["x-project-name"] == .string("rest"))
    }

    @Test func `a project may be an attribute of resources, unless they have it`() throws {
        let arize = ProfileCase(name: "arize")
        let text = try arize.request("projects: { acme: acme-agents }", tenant: "acme").text(isPretty: false)
        #expect(text.contains(#"{"key":"openinference.project.name","value":{"stringValue":"acme-agents"}}"#))
        #expect(arize.loaded().configuration.destinations[0].resourceAttributes(of: "other").map(\.value) == ["agents"])
    }

    @Test func `a user's own header and settings win`() throws {
        let more = "headers: { X-Api-Key: mine }\ndialect: gen_ai_3\ncompression: zstd"
        let request = try ProfileCase(name: "langsmith").request(more)
        #expect(request["headers"]?["X-Api-Key"] == .string("mine") && request["headers"]?["x-api-key"] == nil)
        #expect(request["compression"] == .string("zstd"))
        let destination = ProfileCase(name: "langsmith").loaded(more).configuration.destinations[0]
        #expect(destination.dialect == .genAI3)
    }

    @Test(arguments: [
        (
            "profile: langfuse, credentials: { public_key: a }",
            "c.yaml:1: destinations.a.credentials.secret_key: Langfuse needs it (shown once when the key is made; begins with sk-lf-); "
                + "write credentials: { secret_key: \"${env:NAME}\" }"
        ),
        (
            "profile: phoenix, credentials: { apikey: a }",
            "c.yaml:1: destinations.a.credentials.apikey: phoenix has no credential of this name; did you mean api_key?"
        ),
        ("profile: mlflow", "c.yaml:1: destinations.a.project: MLflow needs it (x-mlflow-experiment-id); write project: NAME"),
        (
            "dialect: langfuse, wait: none",
            "c.yaml:1: destinations.a.wait: none, and dialect langfuse says of every span what is found out of its trace; "
                + "write wait: settled, or another dialect"
        ),
        ("profile: bundle", "c.yaml:1: destinations.a.profile: bundle is not there yet; this version has: \(known)"),
        ("profile: phoenx", "c.yaml:1: destinations.a.profile: \"phoenx\" is not one of: \(known); did you mean phoenix?"),
        ("profile: phoenix, project: [a]", "c.yaml:1: destinations.a.project: takes one value, not a list; write `project: VALUE`"),
    ])
    func `what a backend needs and does not get is an error`(keys: String, error: String) {
        #expect(load("destinations: { a: { endpoint: \"https://x.example\", \(keys) } }").errors == [error])
    }

    private static let known = Configuration.Destination.Profile.allCases.map(\.rawValue).joined(separator: ", ")

    @Test func `a header of the user's own stands for the credential that goes into it`() {
        let loaded = load("destinations: { a: { endpoint: \"https://x.example\", profile: langsmith, headers: { x-api-key: mine } } }")
        #expect(loaded.errors == [])
    }

    @Test(arguments: [
        ("profile: phoenix, signals: [metrics]", "c.yaml:1: destinations.a.signals: Arize Phoenix takes no metrics; leave metrics out"),
        ("credentials: { key: a }", "c.yaml:1: destinations.a.credentials: not used: profile otlp has none; write headers instead"),
        (
            "profile: jaeger, project: p",
            "c.yaml:1: destinations.a.project: not used: Jaeger has no header for it; leave it out"
        ),
    ])
    func `what a backend has no use for is told`(keys: String, warning: String) {
        #expect(load("destinations: { a: { endpoint: \"https://x.example\", \(keys) } }").warnings == [warning])
    }

    @Test func `credentials are never shown`() {
        let loaded = ProfileCase(name: "langfuse").loaded()
        #expect(!loaded.printed.contains("the-secret_key") && loaded.printed.contains("secret_key: \"***\""))
        #expect(!"\(loaded.configuration)".contains("the-secret_key"))
    }

    @Test func `what ended too long ago for the backend is filtered to the item, and says so`() throws {
        var destination = Configuration.Destination(name: "a")
        destination.maxItemAge = .seconds(60)
        var rendering = PayloadRendering(destination)
        // The root ended last: 26 s behind the run's beginning.
        rendering.now = { 1_767_225_600_000_000_000 + 65_000_000_000 }
        let frame = StoredFrame(
            sequence: 3,
            signal: Signal.traces.rawValue,
            tenant: "",
            items: 10,
            receivedNanoseconds: 0,
            payload: try ProfileCase.stored()
        )
        let rendered = rendering.rendered([Part(frame, items: 0..<10)])
        let left = rendered.filtered["age", default: []].reduce(0) { $0 + $1.count }
        let payload = [UInt8](rendered.pieces.joined())
        #expect(left + RequestView(payload, signal: .traces).itemCount == 10)
        #expect(left > 0 && left < 10)
        rendering.now = { 1_767_225_600_000_000_000 + 3_600_000_000_000 }
        let late = rendering.rendered([Part(frame, items: 0..<10)])
        #expect(late.pieces.joined().isEmpty, "never an empty request")
        #expect(late.filtered["age", default: []].reduce(0) { $0 + $1.count } == 10)
    }

    @Test func `attributes are left out and copied as the configuration says`() throws {
        let more = "omit_attributes: [causeway.]\ncopy_attributes: { gen_ai.usage.input_tokens: app.tokens }"
        let text = try ProfileCase(name: "jaeger").request(more).text(isPretty: false)
        #expect(!text.contains("\"causeway.step.type\"") && text.contains("app.tokens"))
        #expect(text.contains("causeway.understood"), "the scope's mark is no attribute of an item")
    }
}
