import Testing

@testable import Causeway

struct ConfigurationCheckTests {
    @Test(arguments: [
        (
            "memory: { budget: 20MiB }",
            "c.yaml:1: memory.budget: 20MiB is less than 3 times receivers.otlp.max_body (8MiB); write at least 24MiB, or a smaller max_body"
        ),
        (
            "receivers: { otlp: { max_body: 16MiB } }",
            "memory.budget: 24MiB is less than 3 times receivers.otlp.max_body (16MiB); write at least 48MiB, or a smaller max_body"
        ),
        (
            "spool: { max_bytes: 100MiB, keep: { bytes: 1MiB } }",
            "c.yaml:1: spool.max_bytes: holds less than two segments of 64MiB; write at least 128MiB, or smaller segment_bytes"
        ),
        (
            "spool: { segment_bytes: 8MiB }",
            "c.yaml:1: spool.segment_bytes: one segment must hold the largest request; write at least 16MiB, twice max_body"
        ),
        (
            "admin: { listen: \"127.0.0.1:4318\" }",
            "c.yaml:1: admin.listen: 127.0.0.1:4318 is the receiver's port; write another port, like 4380"
        ),
        ("settle: { quiet: 20s }", "c.yaml:1: settle.quiet: longer than settle.max (10s); write less, or a longer max"),
        (
            "settle: { abandon_after: 5s }",
            "c.yaml:1: settle.abandon_after: shorter than settle.max (10s); write more, or a shorter max"
        ),
        (
            "metrics: { attributes: [gen_ai.agent.nam] }",
            "c.yaml:1: metrics.attributes: gen_ai.agent.nam is no attribute of a derived metric; did you mean gen_ai.agent.name?"
        ),
    ])
    func `values that do not go together are errors`(_ yaml: String, _ message: String) {
        #expect(load(anyDestinationBelow(yaml)).errors == [message])
    }

    @Test(arguments: [
        ("{ compression: none }", "c.yaml:1: destinations.a: no endpoint; write endpoint: https://HOST"),
        (
            "{ endpoint: \"https://x\", tls: { cert: /cert } }",
            "c.yaml:1: destinations.a.tls.cert: tls.cert and tls.key belong together; write tls.key too"
        ),
        (
            "{ endpoint: \"https://x\", tls: { ca: /none } }",
            "c.yaml:1: destinations.a.tls.ca: /none cannot be read (No such file or directory); check the path and its permissions"
        ),
        (
            "{ endpoint: \"https://x\", batch: { max_bytes: 32MiB } }",
            "c.yaml:1: destinations.a.batch.max_bytes: more than memory.budget (24MiB); write less, or a larger budget"
        ),
        (
            "{ endpoint: \"https://x\", wait: none, sample: { percent: 10 } }",
            "c.yaml:1: destinations.a.wait: none, and sample; what a trace was is known when it is settled: remove one of the two"
        ),
    ])
    func `a destination that cannot work is an error`(_ destination: String, _ message: String) {
        #expect(load("destinations: { a: \(destination) }", files: ["/cert": "x"]).errors == [message])
    }

    @Test(arguments: [
        "http://127.0.0.1:4318", "http://localhost:4318", "http://[::1]:4318", "http://0.0.0.0:4318/v1/traces", "http://agent.example:4318",
        "http://192.0.2.7:4318",
    ])
    func `a destination that leads back to the receiver is an error`(_ endpoint: String) {
        let yaml = "receivers: { otlp: { http: \":4318\" } }\ndestinations: { a: { endpoint: \"\(endpoint)\" } }"
        let loaded = load(yaml, names: ["agent.example": ["192.0.2.7"]])
        #expect(
            loaded.errors == [
                "c.yaml:2: destinations.a.endpoint: \(endpoint) is this bridge's own receiver (0.0.0.0:4318); telemetry would go round in circles; name the backend's own address"
            ]
        )
    }

    @Test(arguments: [
        // The same port elsewhere, another port here, and names that do not resolve.
        ("127.0.0.1:4318", "http://192.0.2.7:4318"), ("127.0.0.1:4318", "http://127.0.0.1:4319"),
        ("127.0.0.1:4318", "http://nowhere.example:4318"),
        ("127.0.0.1:4318", "http://127.0.0.2:4318"), (":4318", "http://198.51.100.1:4318"), ("127.0.0.1:0", "http://127.0.0.1:4318"),
    ])
    func `a destination somewhere else is fine`(_ listen: String, _ endpoint: String) {
        let loaded = load("receivers: { otlp: { http: \"\(listen)\" } }\ndestinations: { a: { endpoint: \"\(endpoint)\" } }")
        #expect(loaded.errors.isEmpty)
    }

    @Test func `a destination that leads to the admin listener is an error`() {
        #expect(load("destinations: { a: { endpoint: \"http://localhost:4380\" } }").errors.count == 1)
    }

    @Test func `the endpoint that an agent shares with its bridge is told apart at once`() {
        let environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"]
        let loaded = Configuration.load(files: [], flags: .init(), on: .madeUp(environment: environment))
        #expect(loaded.errors.count == 1)
        #expect(
            loaded.errors.first
                == "environment OTEL_EXPORTER_OTLP_ENDPOINT: destinations.otlp.endpoints.traces: http://localhost:4318/v1/traces is this bridge's own receiver (127.0.0.1:4318); telemetry would go round in circles; name the backend's own address"
        )
    }

    @Test(arguments: [
        (
            "receivers: { otlp: { http: \":4318\" } }",
            "c.yaml:1: receivers.otlp.http: 0.0.0.0:4318 is open to other machines; write 127.0.0.1:4318 unless that is meant"
        ),
        (
            "admin: { listen: \"[::]:4380\" }",
            "c.yaml:1: admin.listen: [::]:4380 is open to other machines; write 127.0.0.1:4380 unless that is meant"
        ),
        (
            "spool: { directory: /dev/shm/x }",
            "c.yaml:1: spool.directory: /dev/shm/x lies in memory; what it holds is gone with the machine; use a disk"
        ),
        (
            "spool: { keep: { bytes: 8GiB } }",
            "c.yaml:1: spool.keep.bytes: more than spool.max_bytes (4GiB); history ends there; write less"
        ),
    ])
    func `what is legal but unwise is a warning`(_ yaml: String, _ message: String) {
        let loaded = load(anyDestinationBelow(yaml), inMemory: ["/dev/shm/x"])
        #expect(loaded.isUsable)
        #expect(loaded.warnings == [message])
    }

    @Test(arguments: [
        (
            "{ endpoint: \"http://far.example\", headers: { authorization: secret } }",
            "c.yaml:1: destinations.a.endpoint: far.example gets headers (authorization) unencrypted; use https:// if one of them is a credential"
        ),
        (
            "{ endpoint: \"https://x\", batch: { linger: 5m } }",
            "c.yaml:1: destinations.a.batch.linger: 5m is long; telemetry arrives that late; seconds are enough for full batches"
        ),
        (
            "{ endpoint: \"http://far.example:4317\" }",
            "c.yaml:1: destinations.a.endpoint: 4317 is the port of OTLP over gRPC; use the backend's OTLP/HTTP port, often 4318"
        ),
        (
            "{ endpoint: \"http://far.example\", tls: { ca: /ca } }",
            "c.yaml:1: destinations.a.tls: not used with http://; write https:// in the endpoint"
        ),
    ])
    func `an unwise destination is a warning`(_ destination: String, _ message: String) {
        let loaded = load("destinations: { a: \(destination) }", files: ["/ca": "x"])
        #expect(loaded.isUsable)
        #expect(loaded.warnings == [message])
    }

    @Test func `credentials in plain text to this very machine are fine`() {
        #expect(load("destinations: { a: { endpoint: \"http://127.0.0.1:9\", headers: { authorization: x } } }").findings == [])
    }

    @Test func `no destination at all is told`() {
        #expect(
            load("").warnings == [
                "destinations: none; telemetry stays in the spool up to 4GiB, then the oldest goes; name a destination to send it on"
            ]
        )
    }

    private func anyDestinationBelow(_ yaml: String) -> String { yaml + "\n" + anyDestination }
}
