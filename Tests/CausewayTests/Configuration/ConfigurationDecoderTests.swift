import CausewayModel
import Testing

@testable import Causeway

struct ConfigurationDecoderTests {
    @Test(arguments: [
        // Keys that do not exist.
        ("receivers:\n  otlp: { htp: \"127.0.0.1:1\" }", "c.yaml:2: receivers.otlp.htp: unknown key; did you mean http?"),
        ("recievers: {}", "c.yaml:1: recievers: unknown key; did you mean receivers?"),
        ("spool: { max_byts: 1GiB }", "c.yaml:1: spool.max_byts: unknown key; did you mean max_bytes?"),
        (
            "spool: { keep: { hours: 3 } }",
            "c.yaml:1: spool.keep.hours: unknown key; known here: age, bytes"
        ),
        (
            "destinations:\n  a:\n    endpoint: https://x\n    endpont: https://y",
            "c.yaml:4: destinations.a.endpont: unknown key; did you mean endpoint?"
        ),
        ("destination: {}", "c.yaml:1: destination: unknown key; did you mean destinations?"),
        // Keys whose feature does not exist.
        (
            "receivers:\n  otlp:\n    http: 127.0.0.1:4318\n    grpc: 127.0.0.1:4317",
            "c.yaml:4: receivers.otlp.grpc: not there yet (OTLP over gRPC); remove the key; this version does without it"
        ),
        (
            "settle: { quiet: soon }",
            "c.yaml:1: settle.quiet: \"soon\" is not a duration; write a number and a unit, like 10s or 200ms"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", sample: { keep: [slowly] } } }",
            "c.yaml:1: destinations.a.sample.keep: \"slowly\" is no condition; write failures, slow > 30s, cost > 0.50 or attribute KEY = VALUE"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", sample: { percent: 101 } } }",
            "c.yaml:1: destinations.a.sample.percent: \"101\" is no share; write a number from 0 to 100"
        ),
        (
            "privacy:\n", "c.yaml:1: privacy: not there yet (redaction and content policy); remove the key; this version does without it"
        ),
        ("semantics: { mode: clever }", "c.yaml:1: semantics.mode: \"clever\" is not one of: canonical, passthrough; write one of them"),
        (
            "destinations: { a: { endpoint: \"https://x\", dialect: gen_ai_4 } }",
            "c.yaml:1: destinations.a.dialect: \"gen_ai_4\" is not one of: as_stored, gen_ai_1, gen_ai_2, gen_ai_3, openinference, "
                + "openllmetry, langfuse, mlflow, langsmith; did you mean gen_ai_1?"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", temporality: sum } }",
            "c.yaml:1: destinations.a.temporality: \"sum\" is not one of: cumulative, delta; write one of them"
        ),
        // Values of the wrong kind.
        ("shutdown: { timeout: 5 }", "c.yaml:1: shutdown.timeout: \"5\" is not a duration; write a number and a unit, like 10s or 200ms"),
        ("shutdown: { timeout: 2h }", "c.yaml:1: shutdown.timeout: \"2h\" is out of range; write a duration from 0s to 1h"),
        ("spool: { max_bytes: lots }", "c.yaml:1: spool.max_bytes: \"lots\" is not a size; write a number and a unit, like 8MiB or 4GiB"),
        ("spool: { max_bytes: 1MiB }", "c.yaml:1: spool.max_bytes: \"1MiB\" is out of range; write a size from 16MiB to 1048576GiB"),
        (
            "receivers: { otlp: { http: 4318 } }",
            "c.yaml:1: receivers.otlp.http: \"4318\" is not an address; write HOST:PORT, like 127.0.0.1:4318 or [::1]:4318"
        ),
        (
            "receivers: { otlp: { http: \"::1:4318\" } }",
            "c.yaml:1: receivers.otlp.http: \"::1:4318\" is not an address; write HOST:PORT, like 127.0.0.1:4318 or [::1]:4318"
        ),
        (
            "receivers: { otlp: { max_connections: \"5\" } }",
            "c.yaml:1: receivers.otlp.max_connections: \"5\" is not a number from 1 to 100000; write it as digits, without quotes"
        ),
        (
            "receivers: { otlp: { max_connections: 0 } }",
            "c.yaml:1: receivers.otlp.max_connections: \"0\" is not a number from 1 to 100000; write it as digits, without quotes"
        ),
        ("log: { level: wran }", "c.yaml:1: log.level: \"wran\" is not one of: trace, debug, info, warn, error; did you mean warn?"),
        ("log: { level: [info] }", "c.yaml:1: log.level: takes one value, not a list; write `level: VALUE`"),
        ("log: { level: { a: b } }", "c.yaml:1: log.level: takes one value, not a mapping; write `level: VALUE`"),
        ("log: info", "c.yaml:1: log: has keys below it, not a value; write one of them: level, format"),
        // Destinations.
        (
            "destinations: { a: { endpoint: \"otel:4318\" } }",
            "c.yaml:1: destinations.a.endpoint: \"otel:4318\" is not an http address; begin with http:// or https://"
        ),
        (
            "destinations: { a: { endpoint: \"https://me:pass@otel\" } }",
            "c.yaml:1: destinations.a.endpoint: a name or password in the address; send credentials by headers: { authorization: … }"
        ),
        (
            "destinations: { a: { endpoint: \"https://otel:99999\" } }",
            "c.yaml:1: destinations.a.endpoint: \"https://otel:99999\" has no valid port; write a port from 1 to 65535"
        ),
        (
            "destinations: { a: { endpoint: \"https:///v1\" } }",
            "c.yaml:1: destinations.a.endpoint: \"https:///v1\" has no valid host; write https://HOST or https://HOST:PORT"
        ),
        (
            "destinations: { a: { endpoint: \"https://x/a b\" } }",
            "c.yaml:1: destinations.a.endpoint: a character that no URL may have; write it percent-encoded, like %20 for a space"
        ),
        (
            "destinations: { a/b: { endpoint: \"https://x\" } }",
            "c.yaml:1: destinations.a/b: \"a/b\" cannot be a destination's name; use letters, digits, `_` and `-`, at most 64, a letter or digit first"
        ),
        (
            "destinations:\n  a:\n",
            "c.yaml:2: destinations.a: a destination with nothing said about it; write endpoint: https://HOST, or remove it"
        ),
        ("destinations: [a]", "c.yaml:1: destinations: has names below it, not a value; write `NAME: { endpoint: … }`"),
        (
            "destinations: { a: { endpoint: \"https://x\", headers: { \"bad name\": x } } }",
            "c.yaml:1: destinations.a.headers.bad name: not a header's name; use letters, digits and `-`"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", headers: { x: \"a\\nb\" } } }",
            "c.yaml:1: destinations.a.headers.x: a line break or control character in a header's value; remove it"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", headers: { Content-Type: x } } }",
            "c.yaml:1: destinations.a.headers.Content-Type: this header is the bridge's own; remove it"
        ),
        (
            "destinations: { a: { endpoint: \"https://x\", headers: { x-key: a, X-Key: b } } }",
            "c.yaml:1: destinations.a.headers.X-Key: the same header twice; keep one of them; upper and lower case are the same"
        ),
        // What could disturb a terminal is shown, not done.
        (
            "\"\\e[2Jlog\": {}",
            "c.yaml:1: \\u001b[2Jlog: unknown key; known here: receivers, semantics, settle, spool, admin, memory, shutdown, log, metrics, tenants, destinations"
        ),
    ])
    func `a wrong value is told with file, line, key and what to write instead`(_ yaml: String, _ message: String) {
        #expect(load(yaml).errors == [message])
    }

    @Test func `all mistakes of all files are told at once`() {
        let files = ["a.yaml": "spool: { max_bytes: x }\nlog: { level: y }\n", "b.yaml": "\n\nadmin: { port: 1 }\n"]
        let loaded = Configuration.load(files: ["a.yaml", "b.yaml"], flags: .init(), on: .madeUp(files: files))
        #expect(
            loaded.errors == [
                "a.yaml:1: spool.max_bytes: \"x\" is not a size; write a number and a unit, like 8MiB or 4GiB",
                "a.yaml:2: log.level: \"y\" is not one of: trace, debug, info, warn, error; write one of them",
                "b.yaml:3: admin.port: unknown key; known here: listen",
            ]
        )
        #expect(!loaded.isUsable)
    }

    @Test func `a wrong value leaves the default and is not followed by findings about it`() {
        let loaded = load("memory: { budget: much }\ndestinations: { a: { endpoint: nowhere } }\n")
        #expect(loaded.configuration.memory.budgetBytes == 24 << 20)
        #expect(loaded.errors.count == 2)
        #expect(loaded.warnings.isEmpty)
    }

    @Test func `what configuration files of a whole bridge say arrives in its values`() throws {
        let loaded = load(
            """
            receivers:
              otlp: { http: "[::1]:4000", max_body: 4MiB, max_connections: 10, idle_timeout: 5s, read_timeout: 2s }
            semantics: { mode: passthrough }
            spool: { directory: /data, max_bytes: 8GiB, keep: { age: 1h, bytes: 64MiB }, commit_interval: 5ms, segment_bytes: 32MiB }
            destinations:
              zipkin-like:
                endpoint: http://127.0.0.1:9000/v1/traces
                compression: none
              a:
                profile: otlp
                endpoint: https://otel.example.com/base/
                endpoints: { logs: "https://logs.example.com/x?y=1" }
                headers: { authorization: "Bearer ${env:TOKEN}", x-n: 5 }
                timeout: 3s
                batch: { max_bytes: 100KiB, linger: 1s }
                max_in_flight: 2
                start: oldest
            admin: { listen: "localhost:0" }
            memory: { budget: 12MiB }
            shutdown: { timeout: 1s }
            log: { level: debug, format: json }
            """,
            environment: ["TOKEN": "t0p"]
        )
        #expect(loaded.findings == [])
        let configuration = loaded.configuration
        #expect(configuration.receivers.otlp.http == ListenAddress(host: "::1", port: 4000))
        #expect(configuration.receivers.otlp.maxBodyBytes == 4 << 20)
        #expect(configuration.receivers.otlp.maxConnections == 10)
        #expect(configuration.receivers.otlp.idleTimeout == .seconds(5))
        #expect(configuration.receivers.otlp.readTimeout == .seconds(2))
        #expect(configuration.spool.directory == "/data")
        #expect(configuration.spool.maxBytes == 8 << 30)
        #expect(configuration.spool.keep.age == .seconds(3600))
        #expect(configuration.spool.keep.bytes == 64 << 20)
        #expect(configuration.spool.commitInterval == .milliseconds(5))
        #expect(configuration.spool.segmentBytes == 32 << 20)
        #expect(configuration.admin.listen == ListenAddress(host: "localhost", port: 0))
        #expect(configuration.memory.budgetBytes == 12 << 20)
        #expect(configuration.shutdown.timeout == .seconds(1))
        #expect(configuration.log.level == .debug)
        #expect(configuration.log.format == .json)
        #expect(configuration.destinations.map(\.name) == ["a", "zipkin-like"])
        let destination = try #require(configuration.destinations.first)
        #expect(destination.headers.map(\.name) == ["authorization", "x-n"])
        #expect(destination.headers.map { $0.value.revealed() } == ["Bearer t0p", "5"])
        #expect(destination.compression == .gzip)
        #expect(destination.timeout == .seconds(3))
        #expect(destination.batch.maxBytes == 100 << 10)
        #expect(destination.batch.linger == .seconds(1))
        #expect(destination.maxInFlight == 2)
        #expect(destination.start == .oldest)
        #expect(configuration.destinations.last?.compression == Configuration.Destination.Compression.none)
    }

    @Test func `one destination for one signal and no understanding is a short file`() throws {
        let loaded = load(
            """
            receivers:
              otlp: { http: "127.0.0.1:20001" }
            semantics: { mode: passthrough }
            spool: { directory: "/data", max_bytes: 8GiB }
            destinations:
              sink: { profile: otlp, endpoint: "http://127.0.0.1:20002/v1/traces", dialect: as_stored, compression: none }
            admin: { listen: "127.0.0.1:20003" }
            """
        )
        #expect(loaded.findings == [])
        let sink = try #require(loaded.configuration.destinations.first)
        #expect(sink.url(for: .traces)?.description == "http://127.0.0.1:20002/v1/traces")
        #expect(sink.url(for: .logs) == nil)
    }

    @Test func `an empty value is as if the key were not there`() {
        let loaded = load("spool:\n  directory: ${env:NOTHING:-}\nlog:\n  level: ~\ndestinations:\nadmin:\n")
        #expect(loaded.errors.isEmpty)
        #expect(loaded.configuration == Configuration())
    }

    @Test func `later files are laid over earlier ones key by key`() {
        let files = [
            "a.yaml": "log: { level: debug, format: json }\ndestinations: { a: { endpoint: \"https://a\", timeout: 1s } }\n",
            "b.yaml": "log: { level: warn }\ndestinations: { a: { timeout: 2s }, b: { endpoint: \"https://b\" } }\n",
        ]
        let loaded = Configuration.load(files: ["a.yaml", "b.yaml"], flags: .init(), on: .madeUp(files: files))
        #expect(loaded.findings == [])
        #expect(loaded.configuration.log.level == .warn)
        #expect(loaded.configuration.log.format == .json)
        #expect(loaded.configuration.destinations.map(\.name) == ["a", "b"])
        #expect(loaded.configuration.destinations.first?.timeout == .seconds(2))
        #expect(loaded.configuration.destinations.first?.endpoint?.description == "https://a")
        #expect(loaded.origins["log.format"] == .file("a.yaml", line: 1))
        #expect(loaded.origins["log.level"] == .file("b.yaml", line: 1))
    }

    @Test func `a file that cannot be read is an error that names it`() {
        let loaded = Configuration.load(files: ["none.yaml"], flags: .init(), on: .madeUp())
        #expect(
            loaded.errors == ["flag --config none.yaml: cannot be read (No such file or directory); check the path and its permissions"]
        )
        #expect(loaded.unreadableFiles == ["none.yaml"])
    }
}
