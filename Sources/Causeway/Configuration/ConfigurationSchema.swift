/// Every key of the configuration, in the order in which people read about them.
enum ConfigurationSchema {
    typealias Top = ConfigurationEntry<Configuration>
    typealias OfDestination = ConfigurationEntry<Configuration.Destination>

    /// The name of the mapping from destinations' names to `destination`.
    static let destinationsName = "destinations"
    static let destinationsSummary = "Where telemetry goes, by a name of your own. With none, it stays in the spool."

    static let top: [Top] = [
        .section(
            "receivers",
            "Ways in.",
            [
                .section(
                    "otlp",
                    "OpenTelemetry's own protocol.",
                    [
                        .value(
                            "http",
                            \.receivers.otlp.http,
                            .address,
                            .restart,
                            "OTLP over HTTP listens here; `:4318` is every interface."
                        ),
                        .value(
                            "max_body",
                            \.receivers.otlp.maxBodyBytes,
                            .bytes(1024...64 << 20),
                            .restart,
                            "The largest request body after decompression."
                        ),
                        .value(
                            "max_connections",
                            \.receivers.otlp.maxConnections,
                            .integer(1...100_000),
                            .restart,
                            "Connections at once."
                        ),
                        .value(
                            "idle_timeout",
                            \.receivers.otlp.idleTimeout,
                            .duration(.seconds(1) ... .seconds(86_400)),
                            .restart,
                            "How long a connection may stay open with nothing going on."
                        ),
                        .value(
                            "read_timeout",
                            \.receivers.otlp.readTimeout,
                            .duration(.milliseconds(100) ... .seconds(600)),
                            .restart,
                            "How long one request may take to arrive whole."
                        ),
                        .later("grpc", "OTLP over gRPC"),
                        .later("tls", "TLS on the receiver"),
                        .later("auth", "tokens for senders"),
                    ]
                ),
                .section(
                    "events",
                    "Agent events: lines of JSON. POST /v1/agent-events is always there, on the address of OTLP.",
                    [
                        .value(
                            "socket",
                            optional: \.receivers.events.socket,
                            .path,
                            .restart,
                            example: "/run/causeway/events.sock",
                            "A local socket for processes of the same user."
                        ),
                        .value(
                            "stdin",
                            \.receivers.events.readsStandardInput,
                            .bool,
                            .restart,
                            "Whether lines are read from standard input."
                        ),
                        .texts(
                            "files",
                            \.receivers.events.files,
                            example: "[/var/log/agent/events.jsonl]",
                            "Files that are followed: each line once, through rotation, truncation and restarts."
                        ),
                        .value(
                            "abandon_after",
                            \.receivers.events.abandonAfter,
                            .duration(.seconds(1) ... .seconds(7 * 86_400)),
                            .live,
                            "A span that is open is closed as abandoned when nothing was heard of its trace for so long."
                        ),
                        .value(
                            "disconnect_grace",
                            \.receivers.events.disconnectGrace,
                            .duration(.zero ... .seconds(86_400)),
                            .live,
                            "The same when whoever opened it over the socket or standard input has gone for so long."
                        ),
                        .value(
                            "max_line",
                            \.receivers.events.maxLineBytes,
                            .bytes(1024...16 << 20),
                            .restart,
                            "The longest line; a longer one is refused, and its neighbours kept."
                        ),
                        .value(
                            "max_open",
                            \.receivers.events.maxOpen,
                            .integer(1...10_000_000),
                            .restart,
                            "Spans that are open at once."
                        ),
                        .value(
                            "open_memory",
                            \.receivers.events.openMemoryBytes,
                            .bytes(1 << 20...1 << 34),
                            .restart,
                            "What open spans may hold in memory."
                        ),
                    ]
                ),
            ]
        ),
        .section(
            "semantics",
            "What is done to telemetry before it is stored.",
            [
                .value("mode", \.semantics.mode, .choice(), .restart, "canonical: one vocabulary. passthrough: as it came."),
                pricing,
            ]
        ),
        .section(
            "settle",
            "What a whole trace means: destinations get it when that is decided.",
            [
                .value(
                    "quiet",
                    \.settle.quiet,
                    .duration(.zero ... .seconds(600)),
                    .restart,
                    "How long a trace has to be quiet after its root ended."
                ),
                .value("max", \.settle.max, .duration(.zero ... .seconds(3600)), .restart, "How long anything waits at most."),
                .value(
                    "memory",
                    \.settle.memoryBytes,
                    .bytes(1 << 20...1 << 34),
                    .restart,
                    "For traces that may go on; when it is used up, the ones that were quiet longest are decided early."
                ),
                .value(
                    "abandon_after",
                    \.settle.abandonAfter,
                    .duration(.seconds(1) ... .seconds(86_400)),
                    .restart,
                    "How long a trace waits for its root before it counts as abandoned."
                ),
            ]
        ),
        .later("privacy", "redaction and content policy"),
        .section(
            "spool",
            "The directory on disk.",
            [
                .value("directory", \.spool.directory, .path, .restart, "Where the log, the cursors and all else on disk is."),
                .value("max_bytes", \.spool.maxBytes, .bytes(16 << 20...1 << 50), .restart, "The most that the directory may hold."),
                .section(
                    "keep",
                    "History: what every destination has, kept for local reading; whichever of the two is less.",
                    [
                        .value("age", \.spool.keep.age, .duration(.zero ... .seconds(3650 * 86_400)), .restart, "Nothing older."),
                        .value("bytes", \.spool.keep.bytes, .bytes(0...1 << 50), .restart, "Nothing beyond the newest."),
                    ]
                ),
                .section(
                    "quarantine",
                    "What destinations refuse, kept apart: causeway spool quarantine shows it.",
                    [
                        .value(
                            "max_bytes",
                            \.spool.quarantine.maxBytes,
                            .bytes(0...1 << 40),
                            .restart,
                            "The most that it may hold, within max_bytes; the oldest goes first. 0 keeps nothing."
                        )
                    ]
                ),
                .value(
                    "when_full",
                    \.spool.whenFull,
                    .choice(),
                    .restart,
                    "refuse: senders are told to come again; drop_oldest: the oldest goes; shed_content: its message content, then refuse."
                ),
                .value(
                    "durability",
                    \.spool.durability,
                    .choice(),
                    .restart,
                    "synced: answered when on stable storage; os_cache: when the system has it, so that a power loss takes a second."
                ),
                .value("min_free", \.spool.minFreeBytes, .bytes(0...1 << 50), .restart, "What is to stay free on the disk."),
                .value(
                    "max_age",
                    optional: \.spool.maxAge,
                    .duration(.seconds(60) ... .seconds(3650 * 86_400)),
                    .restart,
                    example: "720h",
                    "Nothing older is kept, delivered or not; what goes undelivered is on the ledger."
                ),
                .value(
                    "commit_interval",
                    \.spool.commitInterval,
                    .duration(.zero ... .seconds(5)),
                    .restart,
                    "The least time between two syncs; 0ms starts one as soon as the last has ended."
                ),
                .value("segment_bytes", \.spool.segmentBytes, .bytes(1 << 20...1 << 30), .restart, "The size of one segment of the log."),
                .section(
                    "encryption",
                    "Encrypts what lies on disk (AES-256-GCM). A new key begins with a new segment; old segments keep theirs.",
                    [
                        .value(
                            "key",
                            optional: \.spool.encryption.key,
                            .key,
                            .restart,
                            example: "${env:CAUSEWAY_KEY}",
                            "32 bytes as 64 hexadecimal digits or Base64; kept secret."
                        ),
                        .value(
                            "key_file",
                            optional: \.spool.encryption.keyFile,
                            .path,
                            .restart,
                            example: "/etc/causeway/spool.key",
                            "The same in a file."
                        ),
                        .value(
                            "previous_keys",
                            optional: \.spool.encryption.previousKeys,
                            .keys,
                            .restart,
                            example: "${file:/etc/causeway/spool.key.old}",
                            "Keys of older segments, for reading, with spaces between them; kept secret."
                        ),
                    ]
                ),
                .later("quotas", "quotas by tenant"),
            ]
        ),
        .section(
            "admin",
            "Health and numbers: /healthz, /readyz, /metrics.",
            [
                .value("listen", \.admin.listen, .address, .restart, "The admin listener.")
            ]
        ),
        .section(
            "memory",
            "Memory for telemetry on its way.",
            [
                .value(
                    "budget",
                    \.memory.budgetBytes,
                    .bytes(1 << 20...1 << 40),
                    .restart,
                    "Bytes in flight between socket and disk and between disk and socket; at least 3 times max_body."
                )
            ]
        ),
        .section(
            "shutdown",
            "How to stop.",
            [
                .value(
                    "timeout",
                    \.shutdown.timeout,
                    .duration(.zero ... .seconds(3600)),
                    .live,
                    "How long to go on delivering after SIGTERM; what is left stays in the spool."
                )
            ]
        ),
        .section(
            "log",
            "Log lines on standard error.",
            [
                .value("level", \.log.level, .choice(), .live, "trace, debug, info, warn or error."),
                .value("format", \.log.format, .choice(), .live, "text or json."),
            ]
        ),
        .section(
            "metrics",
            "Metrics derived from what agents do.",
            [
                .value(
                    "derive",
                    \.metrics.derive,
                    .choice(),
                    .restart,
                    "auto: what a source does not send itself; on: everything; off: nothing."
                ),
                .value(
                    "interval",
                    \.metrics.interval,
                    .duration(.seconds(1) ... .seconds(3600)),
                    .live,
                    "What was new in each interval is written to the log and sent."
                ),
                .value(
                    "temporality",
                    \.metrics.temporality,
                    .choice(),
                    .live,
                    "cumulative: destinations get counts since a beginning; delta: what was new."
                ),
                .value(
                    "histograms",
                    \.metrics.histograms,
                    .choice(),
                    .live,
                    "explicit: with the bounds that the conventions name; exponential: of scale 4."
                ),
                .value(
                    "max_series",
                    \.metrics.maxSeries,
                    .integer(10...50_000),
                    .restart,
                    "The most series of one tenant; further ones are counted together, with otel.metric.overflow."
                ),
                .texts(
                    "attributes",
                    \.metrics.attributes,
                    example: "[gen_ai.agent.name, gen_ai.request.model, gen_ai.tool.name]",
                    "The attributes that tell series apart; all that docs/metrics.md names by default."
                ),
                .words(
                    "expose",
                    \.metrics.expose,
                    example: "[push, scrape]",
                    "push: to destinations that take metrics; scrape: on /metrics. Both by default."
                ),
            ]
        ),
        .section(
            "tenants",
            "Keeping tenants apart. With nothing here all telemetry is one tenant's.",
            [
                .words(
                    "from",
                    \.tenants.from,
                    example: "[token, header, resource]",
                    "What says whose a request is, the first that does: its token, X-Causeway-Tenant, or its resources' tenant.id."
                ),
                ConfigurationEntry(
                    name: "tokens",
                    summary: "By tenant, the tokens that stand for it; several are separated by spaces. They are kept secret.",
                    content: .tokens(\.tenants.tokens)
                ),
                .later("quotas", "quotas by tenant"),
            ]
        ),
        .later("index", "the local index"),
    ]

    static let destination: [OfDestination] = [
        .value(
            "profile",
            \.profile,
            .choice(later: laterProfiles),
            .live,
            "The kind of backend; it decides about what is not said (docs/backends.md). otlp: anything that takes OTLP over HTTP."
        ),
        .value(
            "endpoint",
            optional: \.endpoint,
            .url,
            .live,
            example: "https://otel.example.com",
            "A base to which /v1/traces and so on is appended; ending in a signal's path, it takes that signal only."
        ),
        .section(
            "endpoints",
            "Full addresses by signal, used exactly as they are.",
            [
                .value(
                    "traces",
                    optional: \.endpoints.traces,
                    .url,
                    .live,
                    example: "https://otel.example.com/v1/traces",
                    "For spans."
                ),
                .value(
                    "metrics",
                    optional: \.endpoints.metrics,
                    .url,
                    .live,
                    example: "https://otel.example.com/v1/metrics",
                    "For metrics."
                ),
                .value(
                    "logs",
                    optional: \.endpoints.logs,
                    .url,
                    .live,
                    example: "https://otel.example.com/v1/logs",
                    "For log records."
                ),
            ]
        ),
        .words("signals", \.signals, example: "[traces, logs]", "The signals that it gets; all by default."),
        .texts(
            "tenants",
            \.tenants,
            example: "[acme, \"\"]",
            "The tenants whose telemetry it gets, all by default; \"\" is the default tenant."
        ),
        .texts(
            "environments",
            \.environments,
            example: "[production]",
            "By the resource attribute deployment.environment.name, all by default; \"\" is telemetry that names none."
        ),
        ConfigurationEntry(name: "headers", summary: "Sent with every request; the values are kept secret.", content: .headers(\.headers)),
        ConfigurationEntry(
            name: "credentials",
            summary: "What the profile's backend wants to be shown, by its names; kept secret.",
            content: .named(\.credentials, isSecret: true, example: "{ api_key: \"${env:TOKEN}\" }")
        ),
        .value(
            "project",
            optional: \.project,
            .text,
            .live,
            example: "agents",
            "Where in the backend it belongs: a project, an experiment, a dataset; as the profile says."
        ),
        ConfigurationEntry(
            name: "projects",
            summary: "The same by tenant, before project.",
            content: .named(\.projects, isSecret: false, example: "{ acme: acme-agents }")
        ),
        .value("compression", \.compression, .choice(), .live, "none, gzip or zstd."),
        .value("compression_level", \.compressionLevel, .integer(1...19), .live, "From 1, quick, to 12; zstd goes on to 19."),
        .value(
            "timeout",
            \.timeout,
            .duration(.milliseconds(100) ... .seconds(600)),
            .live,
            "How long one request may take."
        ),
        .value(
            "dialect",
            \.dialect,
            .choice(),
            .live,
            "The vocabulary sent (docs/backends.md). as_stored: what is in the log, byte for byte."
        ),
        .texts(
            "omit_attributes",
            \.omittedAttributes,
            example: "[causeway.]",
            "Attributes of spans and log records whose keys begin so are left out."
        ),
        ConfigurationEntry(
            name: "copy_attributes",
            summary: "Attributes of spans and log records that go under another key as well.",
            content: .named(\.copiedAttributes, isSecret: false, example: "{ causeway.cost.total: gen_ai.usage.cost }")
        ),
        .value(
            "max_item_age",
            optional: \.maxItemAge,
            .duration(.seconds(60) ... .seconds(3650 * 86_400)),
            .live,
            example: "60m",
            "Spans and log records that ended longer ago are left out, for backends that refuse them."
        ),
        .section(
            "batch",
            "How telemetry is gathered into requests.",
            [
                .value("max_bytes", \.batch.maxBytes, .bytes(1024...64 << 20), .live, "A request goes at this size, before compression."),
                .value("linger", \.batch.linger, .duration(.zero ... .seconds(3600)), .live, "How long the oldest item waits for others."),
            ]
        ),
        .section(
            "limits",
            "What is larger is sent in pieces, or with its content cut; what still is too large is set aside.",
            [
                .value("request", \.limits.requestBytes, .bytes(4096...64 << 20), .live, "The largest request, before compression."),
                .value(
                    "attribute",
                    \.limits.attributeBytes,
                    .bytes(0...64 << 20),
                    .live,
                    "The longest text of an attribute or a log's body; JSON that is cut stays JSON. 0 is no limit."
                ),
            ]
        ),
        .value(
            "bytes_per_second",
            \.bytesPerSecond,
            .bytes(0...1 << 40),
            .live,
            "The most that is sent a second, for thin links; 0 is no limit."
        ),
        .value("http2", \.http2, .bool, .live, "HTTP/2 where the other side speaks it, over https only."),
        .value(
            "proxy",
            optional: \.proxy,
            .proxy,
            .live,
            example: "http://proxy.example.com:3128",
            "A proxy for its requests, or none; without it HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are followed."
        ),
        .value(
            "connection_life",
            \.connectionLife,
            .duration(.seconds(1) ... .seconds(86_400)),
            .live,
            "How long a connection is used again, so that changes of a name are followed."
        ),
        .value("max_in_flight", \.maxInFlight, .integer(1...64), .live, "Requests at once; metrics always go one at a time."),
        .section(
            "tls",
            "PEM files for https.",
            [
                .value(
                    "ca",
                    optional: \.tls.ca,
                    .path,
                    .live,
                    example: "/etc/ssl/private-ca.pem",
                    "Authorities to trust instead of the machine's."
                ),
                .value(
                    "cert",
                    optional: \.tls.certificate,
                    .path,
                    .live,
                    example: "/etc/causeway/client.pem",
                    "The certificate shown to the destination."
                ),
                .value("key", optional: \.tls.key, .path, .live, example: "/etc/causeway/client.key", "The key of that certificate."),
            ]
        ),
        .value(
            "start",
            \.start,
            .choice(),
            .live,
            "Where a destination new to the spool begins: now, or with the oldest that the spool holds."
        ),
        .value(
            "required",
            \.isRequired,
            .bool,
            .live,
            "It is to get everything: rather is new telemetry refused than its backlog given up."
        ),
        .value(
            "max_backlog",
            optional: \.maxBacklogBytes,
            .bytes(0...1 << 50),
            .live,
            example: "1GiB",
            "When room is short, what lies further back goes if another destination has it; half of the spool by default."
        ),
        .value("wait", \.wait, .choice(), .live, "How far it reads. settled: with what whole traces mean; none: at once, as received."),
        .value("duplicates", \.duplicates, .choice(), .live, "What comes again. drop: it goes once; keep: as often as it came, marked."),
        .value(
            "synthetic_roots",
            \.takesSyntheticRoots,
            .bool,
            .live,
            "It gets a span in the place of a root that never came (settle.abandon_after)."
        ),
        .section(
            "sample",
            "Which traces it gets, all by default.",
            [
                .conditions(
                    "keep",
                    \.sample.keep,
                    example: "[failures, slow > 30s, cost > 0.50, attribute user.tier = gold]",
                    "Traces that always go: any of failures, slow > DURATION, cost > DOLLARS, attribute KEY = VALUE."
                ),
                .value("percent", \.sample.percent, .share, .live, "Of the others, so many in a hundred."),
            ]
        ),
        .value(
            "temporality",
            optional: \.temporality,
            .choice(),
            .live,
            example: "delta",
            "delta or cumulative, of all metrics, also of those that sources send; without it only derived ones follow metrics.temporality."
        ),
        .value(
            "histograms",
            optional: \.histograms,
            .choice(),
            .live,
            example: "exponential",
            "explicit or exponential, of derived metrics; metrics.histograms without it."
        ),
    ]

    private static let laterProfiles = ["bundle"]
}
