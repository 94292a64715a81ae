// What models and tools cost.
extension Configuration.Semantics {
    /// What models and tools cost, beside what is built in.
    public struct Pricing: Equatable, Sendable {
        /// Whether calls are priced at all. What sources report themselves is kept in any case.
        public var isEnabled = true
        /// A published file of prices, LiteLLM's or genai-prices'.
        public var file: String?
        /// Whether the built-in table is asked for what nothing else knows.
        public var usesBuiltIn = true
        /// Prices of one's own; the first that fits counts.
        public var overrides: [Override] = []
        /// What calls of tools cost; the first that fits counts.
        public var tools: [Tool] = []

        /// One price of one's own. Amounts are decimal numbers of dollars, as they were written.
        public struct Override: Equatable, Sendable {
            /// The model's name, `*` for anything; needed.
            public var model = ""
            /// Only of this provider.
            public var provider: String?
            /// Only this tenant's.
            public var tenant: String?
            /// The model that the name stands for.
            public var standsFor: String?
            /// Taken off the table's price, such as `15%`.
            public var discount: String?
            /// For a million tokens of input.
            public var input: String?
            /// For a million tokens of output.
            public var output: String?
            /// For a million tokens read from the cache.
            public var cacheRead: String?
            /// For a million tokens written to the cache.
            public var cacheWrite: String?
            /// For a million tokens written to the cache for an hour.
            public var cacheWriteHour: String?
            /// For a million tokens of reasoning.
            public var reasoning: String?
            /// For a million tokens of audio in the input.
            public var audioInput: String?
            /// For a million tokens of audio in the output.
            public var audioOutput: String?
            /// For a million tokens of images in the input.
            public var imageInput: String?
            /// For a million tokens of images in the output.
            public var imageOutput: String?
            /// For each call.
            public var perRequest: String?
            /// For each second that a call takes.
            public var perSecond: String?

            /// Nothing said yet.
            public init() {}
        }

        /// What one call of a tool costs.
        public struct Tool: Equatable, Sendable {
            /// The tool's name, `*` for anything; any tool if nil.
            public var tool: String?
            /// The host or address that it asks, `*` for anything; any if nil.
            public var endpoint: String?
            /// Only this tenant's.
            public var tenant: String?
            /// Dollars for each call; needed.
            public var perCall: String?

            /// Nothing said yet.
            public init() {}
        }

        /// Nothing of one's own.
        public init() {}
    }
}
