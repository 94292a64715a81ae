import Testing

@testable import Causeway

struct ConfigurationPrinterTests {
    @Test func `every value is printed with where it comes from, and secrets are masked`() {
        let files = [
            "c.yaml": """
            log: { level: debug }
            destinations:
              backend:
                endpoint: https://otel.example.com
                headers: { authorization: "Bearer ${env:TOKEN}" }
                tls: { ca: "/etc/my ca.pem" }
            """,
            "/etc/my ca.pem": "x",
        ]
        let machine = Machine.madeUp(environment: ["TOKEN": "t0p-secret", "CAUSEWAY_DATA": "/var/lib/c$way"], files: files)
        let loaded = Configuration.load(files: ["c.yaml"], flags: .init(logFormat: .json), on: machine)
        #expect(loaded.findings == [])
        #expect(
            loaded.printed == """
                receivers:
                  otlp:
                    http: 127.0.0.1:4318                # default
                    max_body: 8MiB                      # default
                    max_connections: 1024               # default
                    idle_timeout: 2m                    # default
                    read_timeout: 30s                   # default
                  events:
                    stdin: false                        # default
                    abandon_after: 15m                  # default
                    disconnect_grace: 10s               # default
                    max_line: 1MiB                      # default
                    max_open: 100000                    # default
                    open_memory: 64MiB                  # default
                semantics:
                  mode: canonical                       # default
                  pricing:
                    enabled: true                       # default
                    builtin: true                       # default
                settle:
                  quiet: 2s                             # default
                  max: 10s                              # default
                  memory: 16MiB                         # default
                  abandon_after: 15m                    # default
                spool:
                  directory: "/var/lib/c$$way"          # environment CAUSEWAY_DATA
                  max_bytes: 4GiB                       # default
                  keep:
                    age: 24h                            # default
                    bytes: 1GiB                         # default
                  quarantine:
                    max_bytes: 64MiB                    # default
                  when_full: refuse                     # default
                  durability: synced                    # default
                  min_free: 16MiB                       # default
                  commit_interval: 0s                   # default
                  segment_bytes: 64MiB                  # default
                admin:
                  listen: 127.0.0.1:4380                # default
                memory:
                  budget: 24MiB                         # default
                shutdown:
                  timeout: 10s                          # default
                log:
                  level: debug                          # c.yaml:1
                  format: json                          # flag --log-format
                metrics:
                  derive: auto                          # default
                  interval: 15s                         # default
                  temporality: cumulative               # default
                  histograms: explicit                  # default
                  max_series: 2000                      # default
                destinations:
                  backend:
                    profile: otlp                       # default
                    endpoint: https://otel.example.com  # c.yaml:4
                    headers:
                      authorization: "***"              # c.yaml:5
                    compression: gzip                   # default
                    compression_level: 1                # default
                    timeout: 10s                        # default
                    dialect: as_stored                  # default
                    batch:
                      max_bytes: 1MiB                   # default
                      linger: 200ms                     # default
                    limits:
                      request: 64MiB                    # default
                      attribute: 0B                     # default
                    bytes_per_second: 0B                # default
                    http2: false                        # default
                    connection_life: 2m                 # default
                    max_in_flight: 4                    # default
                    tls:
                      ca: "/etc/my ca.pem"              # c.yaml:6
                    start: now                          # default
                    required: false                     # default
                    wait: settled                       # default
                    duplicates: drop                    # default
                    synthetic_roots: false              # default
                    sample:
                      percent: 100                      # default

                """
        )
    }

    @Test func `what is printed reads back as the same configuration`() {
        let files = ["c.yaml": "log: { level: warn }\nspool: { directory: \"a: #b\\t$${x}\" }\n" + anyDestination]
        let loaded = Configuration.load(files: ["c.yaml"], flags: .init(), on: .madeUp(files: files))
        let again = Configuration.load(files: ["p.yaml"], flags: .init(), on: .madeUp(files: ["p.yaml": loaded.printed]))
        #expect(again.findings == [])
        #expect(again.configuration == loaded.configuration)
        #expect(again.configuration.spool.directory == "a: #b\t${x}")
    }

    @Test func `a secret shows itself to nobody by chance`() {
        let secret = Secret("t0p")
        var dumped = ""
        dump(["header": secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("t0p"))
        }
        #expect("\(secret)" == "***")
        #expect(secret.revealed() == "t0p")
    }

    @Test func `no error message repeats a secret`() {
        let loaded = load("destinations: { a: { endpoint: \"https://x\", headers: { k: \"t0p\\nsecret\" } } }")
        #expect(loaded.errors.count == 1)
        #expect(!loaded.errors.joined().contains("t0p"))
    }
}
