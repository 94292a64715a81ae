package import CausewayModel

// A place to ship to.
extension Configuration {
    /// A configured place to ship to. Its name is its identity: a cursor on disk belongs to it.
    public struct Destination: Equatable, Sendable {
        /// Letters, digits, `_` and `-`.
        public var name: String
        /// The kind of backend, which decides about what is not said.
        public var profile = Profile.otlp
        /// A base to which the signals' paths are appended; one that ends in a signal's path serves that signal only.
        public var endpoint: EndpointURL?
        /// Full addresses by signal, used exactly as they are; these win over `endpoint`.
        public var endpoints = Endpoints()
        /// The signals that it gets; empty for all that it has an address for.
        public var signals: [Signals] = []
        /// The tenants whose telemetry it gets; empty for all. An empty name is the default tenant.
        public var tenants: [String] = []
        /// The environments whose telemetry it gets, by the resource attribute `deployment.environment.name`; empty for all. An empty
        /// name is telemetry that names none.
        public var environments: [String] = []
        /// Sent with every request.
        public var headers: [Header] = []
        /// What its kind of backend wants to be shown, by the profile's names.
        public var credentials: [Named] = []
        /// Where in the backend its telemetry belongs: a project, an experiment, a dataset.
        public var project: String?
        /// The same by tenant, where tenants have projects of their own.
        public var projects: [Named] = []
        /// Attributes whose keys begin so are left out.
        public var omittedAttributes: [String] = []
        /// Attributes that go under another key as well: what is to be there, by what is there.
        public var copiedAttributes: [Named] = []
        /// Spans and log records that ended longer ago are left out; nil for none.
        public var maxItemAge: Duration?
        /// How bodies are packed.
        public var compression = Compression.gzip
        /// How hard to pack, from 1 (quick) to 12; zstd goes on to 19.
        public var compressionLevel = 1
        /// How long one request may take.
        public var timeout: Duration = .seconds(10)
        /// The vocabulary that the destination reads.
        public var dialect = Dialect.asStored
        /// How telemetry is gathered into requests.
        public var batch = Batch()
        /// Requests at once. Metrics go one at a time whatever it is, because their order matters.
        public var maxInFlight = 4
        /// The largest request and attribute that it takes.
        public var limits = Limits()
        /// The most bytes a second, for thin links; 0 is no limit.
        public var bytesPerSecond = 0
        /// HTTP/2 where the other side speaks it; over TLS only.
        public var http2 = false
        /// How requests leave; nil follows the environment (`HTTPS_PROXY` and its kin).
        public var proxy: Proxy?
        /// How long a connection is used again.
        public var connectionLife: Duration = .seconds(120)
        /// Certificates.
        public var tls = TLS()
        /// Where a destination that is new to the spool begins.
        public var start = Start.now
        /// How far it reads.
        public var wait = Wait.settled
        /// What becomes of a span that comes again.
        public var duplicates = Duplicates.drop
        /// It gets a span in the place of a root that never came.
        public var takesSyntheticRoots = false
        /// Which traces it gets.
        public var sample = Sample()
        /// It is to get everything: rather is new telemetry refused than its backlog given up.
        public var isRequired = false
        /// When room is short, what lies further back than this goes if another destination has it; nil is half of the spool.
        public var maxBacklogBytes: Int?

        /// Of all metrics that it gets; nil leaves those that sources send as they are, and follows `metrics.temporality` for derived ones.
        public var temporality: Configuration.Metrics.Temporality?
        /// The form of derived histograms; nil follows `metrics.histograms`.
        public var histograms: Configuration.Metrics.Histograms?

        /// A destination with everything else at its default.
        public init(name: String) { self.name = name }

        /// Where a signal goes; nil when this destination does not take it.
        package func url(for signal: Signal) -> EndpointURL? {
            guard signals.isEmpty || signals.contains(where: { $0.rawValue == signal.name }) else { return nil }
            if let own = endpoints[signal] { return own }
            guard let endpoint else { return nil }
            if let only = endpoint.signal { return only == signal ? endpoint : nil }
            return profile.backend?.url(endpoint, for: signal) ?? endpoint.appending(signal.path)
        }

        /// The kind of backend: one of those in `profiles/`, or none in particular.
        public struct Profile: RawRepresentable, CaseIterable, Hashable, Sendable {
            /// Its name.
            public let rawValue: String

            /// The profile of this name; nil if there is none.
            public init?(rawValue: String) {
                guard rawValue == "otlp" || rawValue == "causeway" || BackendProfile.texts[rawValue] != nil else { return nil }
                self.rawValue = rawValue
            }

            private init(_ name: String) { rawValue = name }

            /// Anything that takes OTLP over HTTP.
            public static let otlp = Profile("otlp")
            /// Another bridge: it is told which frames a request holds, and drops what it has already.
            public static let causeway = Profile("causeway")

            /// All there are.
            public static let allCases = [otlp, causeway] + BackendProfile.names.map { Profile($0) }

            /// What is known about the backend.
            var backend: BackendProfile? { BackendProfile.named(rawValue) }
        }

        /// A text with a name of the user's own.
        public struct Named: Equatable, Sendable {
            /// Its name.
            public var name: String
            /// The text.
            public var value: Secret

            /// A text and its name.
            public init(name: String, value: Secret) {
                self.name = name
                self.value = value
            }
        }

        /// How bodies are packed.
        public enum Compression: String, CaseIterable, Sendable {
            /// As they are.
            case none
            /// Every OTLP receiver takes it.
            case gzip
            /// Cheaper and smaller, where the destination takes it.
            case zstd
        }

        /// The vocabulary that a destination reads.
        public enum Dialect: String, CaseIterable, Sendable {
            /// What is in the log, byte for byte.
            case asStored = "as_stored"
            /// The GenAI conventions up to v1.36.
            case genAI1 = "gen_ai_1"
            /// The GenAI conventions of v1.37 to v1.41.
            case genAI2 = "gen_ai_2"
            /// The GenAI conventions after that.
            case genAI3 = "gen_ai_3"
            /// What Phoenix and Arize read.
            case openInference = "openinference"
            /// What Traceloop reads.
            case openLLMetry = "openllmetry"
            /// What Langfuse reads.
            case langfuse
            /// What MLflow reads.
            case mlflow
            /// What LangSmith reads.
            case langsmith
        }

        /// Where a new destination begins.
        public enum Start: String, CaseIterable, Sendable {
            /// With what comes from now on.
            case now
            /// With the oldest that the spool holds.
            case oldest
        }

        /// How far a destination reads.
        public enum Wait: String, CaseIterable, Sendable {
            /// What is settled, with what was found out about it.
            case settled
            /// To the end of the log: what was received, as it was stored.
            case none
        }

        /// What becomes of a span that comes again.
        public enum Duplicates: String, CaseIterable, Sendable {
            /// It goes once.
            case drop
            /// It goes as often as it came, marked.
            case keep
        }

        /// Which traces a destination gets: those that fulfil a condition, and a share of the rest.
        public struct Sample: Equatable, Sendable {
            /// What keeps a trace.
            public var keep: [Condition] = []
            /// Of the others, so many in a hundred.
            public var percent = 100.0

            /// What keeps a trace.
            public enum Condition: Equatable, Sendable {
                /// Something in it failed for good.
                case failures
                /// It took longer.
                case slower(than: Duration)
                /// It cost more, in dollars.
                case dearer(than: Double)
                /// One of its spans, or their resource, has an attribute with this value.
                case attribute(key: String, value: String)
            }
        }

        /// Addresses by signal.
        public struct Endpoints: Equatable, Sendable {
            /// For spans.
            public var traces: EndpointURL?
            /// For metrics.
            public var metrics: EndpointURL?
            /// For log records.
            public var logs: EndpointURL?

            package subscript(signal: Signal) -> EndpointURL? {
                get {
                    switch signal {
                    case .traces: traces
                    case .metrics: metrics
                    case .logs: logs
                    }
                }
                set {
                    switch signal {
                    case .traces: traces = newValue
                    case .metrics: metrics = newValue
                    case .logs: logs = newValue
                    }
                }
            }
        }

        /// One HTTP header. Any value may be a credential, so all are secret.
        public struct Header: Equatable, Sendable {
            /// The header's name, in the case it was written in.
            public var name: String
            /// The header's value.
            public var value: Secret

            /// A header from its two parts.
            public init(name: String, value: Secret) {
                self.name = name
                self.value = value
            }
        }

        /// A signal.
        public enum Signals: String, CaseIterable, Sendable {
            /// Spans.
            case traces
            /// Data points.
            case metrics
            /// Log records.
            case logs
        }

        /// What is larger is sent in pieces, or with its content cut.
        public struct Limits: Equatable, Sendable {
            /// Of a request, before compression.
            public var requestBytes = 64 << 20
            /// Of one text in an attribute or a log's body; 0 is no limit. JSON that is cut stays JSON.
            public var attributeBytes = 0
        }

        /// A proxy between here and there, or none at all.
        public struct Proxy: Hashable, Sendable {
            /// Its URL, perhaps with a name and a password; empty for none.
            public var url: Secret

            /// A proxy with this URL.
            public init(url: Secret) { self.url = url }
        }

        /// How telemetry is gathered into requests.
        public struct Batch: Equatable, Sendable {
            /// The size at which a request goes, before compression.
            public var maxBytes = 1 << 20
            /// How long the oldest item waits for others.
            public var linger: Duration = .milliseconds(200)
        }

        /// PEM files for `https`.
        public struct TLS: Equatable, Sendable {
            /// Authorities to trust instead of the machine's.
            public var ca: String?
            /// The certificate shown to the destination.
            public var certificate: String?
            /// The key of that certificate.
            public var key: String?
        }
    }
}
