import CausewayModel
import Testing

@testable import Causeway

struct OpenTelemetryEnvironmentTests {
    private static let prefix = "OTEL_EXPORTER_OTLP_"

    private func load(_ variables: [String: String], yaml: String? = nil) -> LoadedConfiguration {
        let environment = Dictionary(
            uniqueKeysWithValues: variables.map { ($0.key.hasPrefix("OTEL_") ? $0.key : Self.prefix + $0.key, $0.value) }
        )
        let machine = Machine.madeUp(environment: environment, files: ["c.yaml": yaml ?? "", "/ca": "x", "/cert": "x", "/key": "x"])
        return Configuration.load(files: yaml == nil ? [] : ["c.yaml"], flags: .init(), on: machine)
    }

    private func urls(_ loaded: LoadedConfiguration) -> [String] {
        loaded.configuration.destinations.flatMap { destination in
            Signal.allCases.compactMap { signal in destination.url(for: signal).map { "\(destination.name) \(signal.name) \($0)" } }
        }
    }

    @Test(
        arguments: [
            (
                ["ENDPOINT": "https://o.example"],
                ["https://o.example/v1/traces", "https://o.example/v1/metrics", "https://o.example/v1/logs"]
            ),
            (
                ["ENDPOINT": "https://o.example/"],
                ["https://o.example/v1/traces", "https://o.example/v1/metrics", "https://o.example/v1/logs"]
            ),
            (
                ["ENDPOINT": "https://o.example:9/a/b"],
                ["https://o.example:9/a/b/v1/traces", "https://o.example:9/a/b/v1/metrics", "https://o.example:9/a/b/v1/logs"]
            ),
            (["TRACES_ENDPOINT": "https://o.example/as/it/is"], ["https://o.example/as/it/is"]),
            (
                ["ENDPOINT": "https://o.example", "METRICS_ENDPOINT": "https://m.example/"],
                ["https://o.example/v1/traces", "https://m.example/", "https://o.example/v1/logs"]
            ),
            (["ENDPOINT": ""], []),
            (["HEADERS": "a=b"], []),
        ] as [([String: String], [String])]
    )
    func `a general endpoint is a base and one signal's own is used as it is`(_ variables: [String: String], _ expected: [String]) {
        let loaded = load(variables)
        #expect(loaded.errors.isEmpty)
        #expect(urls(loaded).map { String($0.split(separator: " ")[2]) } == expected)
    }

    @Test func `signals that share their settings are one destination`() throws {
        let loaded = load([
            "ENDPOINT": "https://o.example", "HEADERS": "api-key=a%20b,x=1=2", "COMPRESSION": "gzip", "TIMEOUT": "2500",
            "CERTIFICATE": "/ca", "CLIENT_CERTIFICATE": "/cert", "CLIENT_KEY": "/key", "PROTOCOL": "http/protobuf",
        ])
        #expect(loaded.findings == [])
        #expect(loaded.configuration.destinations.count == 1)
        let destination = try #require(loaded.configuration.destinations.first)
        #expect(destination.name == "otlp")
        #expect(destination.headers.map { "\($0.name): \($0.value.revealed())" } == ["api-key: a b", "x: 1=2"])
        #expect(destination.compression == .gzip)
        #expect(destination.timeout == .milliseconds(2500))
        #expect(destination.tls.ca == "/ca")
        #expect(destination.tls.certificate == "/cert")
        #expect(destination.tls.key == "/key")
        #expect(loaded.origins["destinations.otlp.endpoints.logs"] == .environment("OTEL_EXPORTER_OTLP_ENDPOINT"))
        #expect(loaded.origins["destinations.otlp.headers.x"] == .environment("OTEL_EXPORTER_OTLP_HEADERS"))
    }

    @Test func `a signal with settings of its own is a destination of its own`() {
        let loaded = load(["ENDPOINT": "https://o.example", "HEADERS": "k=general", "LOGS_HEADERS": "k=logs", "LOGS_TIMEOUT": "1000"])
        #expect(loaded.findings == [])
        #expect(
            urls(loaded) == [
                "otlp traces https://o.example/v1/traces", "otlp metrics https://o.example/v1/metrics",
                "otlp_logs logs https://o.example/v1/logs",
            ]
        )
        #expect(loaded.configuration.destinations.map { $0.headers.map { $0.value.revealed() } } == [["general"], ["logs"]])
        #expect(loaded.configuration.destinations.map(\.timeout) == [.seconds(10), .seconds(1)])
    }

    @Test(arguments: [
        (
            ["ENDPOINT": "https://o.example", "PROTOCOL": "grpc"],
            "environment OTEL_EXPORTER_OTLP_PROTOCOL: grpc is not sent; set it to http/protobuf and the endpoint to the backend's OTLP/HTTP port (4318)"
        ),
        (
            ["ENDPOINT": "https://o.example", "PROTOCOL": "smoke"],
            "environment OTEL_EXPORTER_OTLP_PROTOCOL: \"smoke\" is not a protocol; set it to http/protobuf"
        ),
        (
            ["ENDPOINT": "o.example:4318"],
            "environment OTEL_EXPORTER_OTLP_ENDPOINT: \"o.example:4318\" is not an http address; begin with http:// or https://"
        ),
        (
            ["ENDPOINT": "https://o.example", "HEADERS": "no equals"],
            "environment OTEL_EXPORTER_OTLP_HEADERS: not a list of key=value; write key=value,key=value, percent-encoded"
        ),
        (
            ["ENDPOINT": "https://o.example", "HEADERS": "k=%zz"],
            "environment OTEL_EXPORTER_OTLP_HEADERS: not a list of key=value; write key=value,key=value, percent-encoded"
        ),
    ])
    func `a variable that would send nothing, or to nowhere, is an error told once`(_ variables: [String: String], _ message: String) {
        #expect(load(variables).errors == [message])
    }

    @Test(arguments: [
        (
            ["ENDPOINT": "https://o.example", "PROTOCOL": "http/json"],
            "environment OTEL_EXPORTER_OTLP_PROTOCOL: http/json is not sent; nothing: every such endpoint takes http/protobuf"
        ),
        (
            ["ENDPOINT": "https://o.example", "COMPRESSION": "brotli"],
            "environment OTEL_EXPORTER_OTLP_COMPRESSION: \"brotli\" is not used; write gzip, zstd or none; it counts as none"
        ),
        (
            ["ENDPOINT": "https://o.example", "TIMEOUT": "10s"],
            "environment OTEL_EXPORTER_OTLP_TIMEOUT: \"10s\" is not used; write milliseconds from 100 to 600000; 10000 is used"
        ),
        (
            ["ENDPOINT": "https://o.example", "TIMEOUT": "0"],
            "environment OTEL_EXPORTER_OTLP_TIMEOUT: 0 would be no limit; write milliseconds up to 600000; it counts as these"
        ),
        (
            ["ENDPOINT": "https://o.example/v1/traces"],
            "environment OTEL_EXPORTER_OTLP_ENDPOINT: is a base to which /v1/traces is appended once more; leave the path out, or use OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        ),
        (
            ["ENDPOINT": "https://o.example", "OTEL_SDK_DISABLED": "TRUE"],
            "environment OTEL_EXPORTER_OTLP_ENDPOINT: not used, because OTEL_SDK_DISABLED is true; unset one of the two, or name destinations in a file"
        ),
    ])
    func `a variable that is not honoured as it stands is a warning`(_ variables: [String: String], _ message: String) {
        let loaded = load(variables)
        #expect(loaded.errors.isEmpty)
        #expect(loaded.warnings.contains(message), "\(loaded.warnings)")
    }

    @Test func `destinations in a file win over the variables, and that is told`() {
        let loaded = load(["ENDPOINT": "https://o.example", "PROTOCOL": "grpc"], yaml: anyDestination)
        #expect(loaded.errors.isEmpty)
        #expect(loaded.configuration.destinations.map(\.name) == ["backend"])
        #expect(
            loaded.findings.map(\.description) == [
                "environment OTEL_EXPORTER_OTLP_ENDPOINT: not used, because a file names destinations; nothing to do, if that is meant"
            ]
        )
    }

    @Test func `disabling the SDK takes away what the variables would make, and nothing else`() {
        let loaded = load(["OTEL_SDK_DISABLED": "true"], yaml: anyDestination)
        #expect(loaded.findings == [])
        #expect(loaded.configuration.destinations.map(\.name) == ["backend"])
        #expect(!loaded.configuration.identity.sendsOwnTelemetry)
    }

    @Test func `the bridge's identity comes from the standard variables`() {
        let loaded = load(["OTEL_RESOURCE_ATTRIBUTES": "service.name=a,team=road%20works", "OTEL_SERVICE_NAME": "b"], yaml: anyDestination)
        #expect(loaded.configuration.identity.serviceName == "b")
        #expect(loaded.configuration.identity.attributes == [.init(key: "team", value: "road works")])
        #expect(load([:]).configuration.identity.serviceName == "causeway")
        #expect(load(["OTEL_RESOURCE_ATTRIBUTES": "service.name=a"]).configuration.identity.serviceName == "a")
    }

    @Test func `a malformed identity is told also where a file names destinations`() {
        let loaded = load(["OTEL_RESOURCE_ATTRIBUTES": "nonsense"], yaml: anyDestination)
        #expect(
            loaded.warnings == [
                "environment OTEL_RESOURCE_ATTRIBUTES: not a list of key=value; write key=value,key=value, percent-encoded; none of it is used"
            ]
        )
        #expect(loaded.configuration.identity.attributes == [])
    }

    @Test func `flag wins over environment, environment over file, file over default`() {
        let machine = Machine.madeUp(environment: ["CAUSEWAY_DATA": "/env"], files: ["c.yaml": "spool: { directory: /file }\n"])
        func directory(_ files: [String], _ flags: Configuration.Flags, _ machine: Machine) -> String {
            Configuration.load(files: files, flags: flags, on: machine).configuration.spool.directory
        }
        let bare = Machine.madeUp(files: ["c.yaml": "spool: { directory: /file }\n"])
        #expect(directory(["c.yaml"], .init(data: "/flag"), machine) == "/flag")
        #expect(directory(["c.yaml"], .init(), machine) == "/env")
        #expect(directory(["c.yaml"], .init(), bare) == "/file")
        #expect(directory([], .init(), bare) == "./causeway-data")
    }

    @Test func `a dollar in a flag or a variable means a dollar`() {
        let loaded = Configuration.load(files: [], flags: .init(data: "/a/${HOME}"), on: .madeUp())
        #expect(loaded.configuration.spool.directory == "/a/${HOME}")
    }
}
