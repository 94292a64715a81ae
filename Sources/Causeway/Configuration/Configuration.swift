/// Everything that can be decided about a bridge, as plain values.
///
/// `Configuration()` is what runs with no file, no variable and no flag. `ConfigurationSchema` names the key of each value.
public struct Configuration: Equatable, Sendable {
    /// Ways in.
    public var receivers = Receivers()
    /// What is done to telemetry before it is stored.
    public var semantics = Semantics()
    /// What a whole trace means.
    public var settle = Settle()
    /// The directory on disk.
    public var spool = Spool()
    /// Where telemetry goes, ordered by name.
    public var destinations: [Destination] = []
    /// The listener for health and numbers.
    public var admin = Admin()
    /// Metrics, derived and on their way.
    public var metrics = Metrics()
    /// Keeping tenants apart.
    public var tenants = Tenants()
    /// Memory for telemetry on its way.
    public var memory = Memory()
    /// How to stop.
    public var shutdown = Shutdown()
    /// Log lines.
    public var log = Log()
    /// What the bridge calls itself in its own telemetry.
    public var identity = Identity()

    /// The defaults.
    public init() {}

    /// Ways in.
    public struct Receivers: Equatable, Sendable {
        /// OTLP over HTTP.
        public var otlp = OTLP()
        /// Agent events: lines of JSON.
        public var events = Events()

        /// Agent events: lines of JSON. They are always taken over HTTP, where OTLP is.
        public struct Events: Equatable, Sendable {
            /// A local socket that takes them, too; nil for none.
            public var socket: String?
            /// Whether they are read from standard input.
            public var readsStandardInput = false
            /// Files that are followed as lines are added to them.
            public var files: [String] = []
            /// How long a span may stay open without a sign of life in its trace.
            public var abandonAfter: Duration = .seconds(900)
            /// How long whoever left spans open may stay away.
            public var disconnectGrace: Duration = .seconds(10)
            /// The longest line.
            public var maxLineBytes = 1 << 20
            /// Spans that are open at once.
            public var maxOpen = 100_000
            /// What open spans may hold.
            public var openMemoryBytes = 64 << 20
        }

        /// OTLP over HTTP.
        public struct OTLP: Equatable, Sendable {
            /// Where to listen.
            public var http = ListenAddress(host: "127.0.0.1", port: 4318)
            /// The largest request body, after decompression. Deliberately below the 64 MiB that OTLP allows.
            public var maxBodyBytes = 8 << 20
            /// Connections at once.
            public var maxConnections = 1024
            /// How long a connection may stay open with nothing going on; longer than SDKs pause between two batches.
            public var idleTimeout: Duration = .seconds(120)
            /// How long one request may take to arrive whole.
            public var readTimeout: Duration = .seconds(30)
        }
    }

    /// What is done to telemetry before it is stored.
    public struct Semantics: Equatable, Sendable {
        /// How much is understood.
        public var mode = Mode.canonical
        /// What models and tools cost.
        public var pricing = Pricing()

        /// How much is understood.
        public enum Mode: String, CaseIterable, Sendable {
            /// What agents say is brought to the GenAI conventions' words; all else is stored and sent as it came.
            case canonical
            /// Telemetry is stored and sent as it came.
            case passthrough
        }
    }

    /// What a whole trace means: when it is decided, and with how much memory.
    public struct Settle: Equatable, Sendable {
        /// How long a trace has to be quiet after its root ended.
        public var quiet: Duration = .seconds(2)
        /// How long anything waits at most.
        public var max: Duration = .seconds(10)
        /// For traces that may go on; when it is used up, the ones that were quiet longest are decided early.
        public var memoryBytes = 16 << 20
        /// How long a trace without a root is waited for before its root is taken for dead.
        public var abandonAfter: Duration = .seconds(900)
    }

    /// The directory on disk.
    public struct Spool: Equatable, Sendable {
        /// Where the log, the cursors and all else on disk is.
        public var directory = "./causeway-data"
        /// The most that the directory may hold.
        public var maxBytes = 4 << 30
        /// How long to keep what every destination has.
        public var keep = Keep()
        /// What destinations refuse.
        public var quarantine = Quarantine()
        /// What happens to new telemetry when there is no room.
        public var whenFull = WhenFull.refuse
        /// When a request counts as stored.
        public var durability = Durability.synced
        /// What is to stay free on the disk.
        public var minFreeBytes = 16 << 20
        /// Nothing older is kept, delivered or not; nil keeps everything.
        public var maxAge: Duration?
        /// The least time between two syncs; 0 starts one as soon as the last has ended.
        public var commitInterval: Duration = .zero
        /// The size of one segment of the log.
        public var segmentBytes = 64 << 20
        /// Encryption of what lies on disk.
        public var encryption = Encryption()

        /// Encryption of what lies on disk; none without a key.
        public struct Encryption: Equatable, Sendable {
            /// The key itself: 32 bytes as hexadecimal digits or Base64.
            public var key: Secret?
            /// A file with the key.
            public var keyFile: String?
            /// Keys of older segments, with white space between them.
            public var previousKeys: Secret?
        }

        /// History: what every destination has, kept for local reading. Whichever of the two is less.
        public struct Keep: Equatable, Sendable {
            /// Nothing older.
            public var age: Duration = .seconds(24 * 3600)
            /// Nothing beyond the newest.
            public var bytes = 1 << 30
        }

        /// What destinations refuse, kept apart.
        public struct Quarantine: Equatable, Sendable {
            /// The most that it may hold; the oldest goes first. 0 keeps nothing.
            public var maxBytes = 64 << 20
        }

        /// What happens to new telemetry when there is no room.
        public enum WhenFull: String, CaseIterable, Sendable {
            /// The sender is told to try again later.
            case refuse
            /// The oldest goes, delivered or not, and is on the ledger; what a required destination has not had stays.
            case dropOldest = "drop_oldest"
            /// Message content of the oldest telemetry goes first; then the sender is told to try again later.
            case shedContent = "shed_content"
        }

        /// When a request counts as stored.
        public enum Durability: String, CaseIterable, Sendable {
            /// When it is on stable storage.
            case synced
            /// When the operating system has it: faster, and a power loss takes the last second with it.
            case osCache = "os_cache"
        }
    }

    /// The listener for health and numbers.
    public struct Admin: Equatable, Sendable {
        /// Where to listen.
        public var listen = ListenAddress(host: "127.0.0.1", port: 4380)
    }

    /// Memory for telemetry on its way.
    public struct Memory: Equatable, Sendable {
        /// Bytes in flight: received, not yet stored; read, not yet delivered.
        public var budgetBytes = 24 << 20
    }

    /// How to stop.
    public struct Shutdown: Equatable, Sendable {
        /// How long to go on delivering after being asked to stop.
        public var timeout: Duration = .seconds(10)
    }

    /// Log lines.
    public struct Log: Equatable, Sendable {
        /// The least severe level that is written.
        public var level = Level.info
        /// The form of a line.
        public var format = Format.text

        /// How severe a line is.
        public enum Level: String, CaseIterable, Sendable {
            /// Every step.
            case trace
            /// What helps to find a fault.
            case debug
            /// What an operator wants to read.
            case info
            /// Something to look after.
            case warn
            /// Something that did not work.
            case error
        }

        /// The form of a line.
        public enum Format: String, CaseIterable, Sendable {
            /// For people.
            case text
            /// One JSON object a line.
            case json
        }
    }

    /// What the bridge calls itself in its own telemetry; from `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
    public struct Identity: Equatable, Sendable {
        /// `service.name`.
        public var serviceName = "causeway"
        /// Further resource attributes, in the order given.
        public var attributes: [Attribute] = []
        /// False when `OTEL_SDK_DISABLED=true`: the bridge sends no telemetry of its own.
        public var sendsOwnTelemetry = true

        /// One resource attribute.
        public struct Attribute: Equatable, Sendable {
            /// The attribute's key.
            public var key: String
            /// The attribute's value.
            public var value: String

            /// An attribute from its two parts.
            public init(key: String, value: String) {
                self.key = key
                self.value = value
            }
        }
    }
}
