/// One vendor's way to tell what an agent did: what gives it away, and what its keys mean.
///
/// To add one, write a file in `Dialects` and name it in the list below. Most of a dialect is its table of `rules`; what a table
/// cannot say is code in `complete`. Several dialects may be found on one item: the one that stands first in the list is its source,
/// the others fill the gaps.
package protocol Dialect: Sendable {
    /// The value of `causeway.source.dialect`.
    static var name: String { get }

    /// What gives the dialect away; one is enough. Keys that every dialect uses (`user.id`, `error.type`) are no signs.
    static var signs: [Sign] { get }

    /// What attribute says what; also of log records.
    static var rules: [Rule] { get }

    /// What the dialect's token counts include, where it is known better than by looking at the numbers.
    static var tokens: TokenConvention { get }

    /// The rest, after the rules of all dialects found on the item were followed.
    static func complete(_ facts: inout Facts)

    /// What the dialect's metrics are called in canonical words.
    static var metrics: [MetricRule] { get }
}

extension Dialect {
    package static var rules: [Rule] { [] }
    package static var tokens: TokenConvention { .byNumbers }
    package static func complete(_ facts: inout Facts) {}
    package static var metrics: [MetricRule] { [] }
}

/// Every dialect Causeway understands, most specific first.
///
/// Add yours here.
package let dialects: [any Dialect.Type] = [
    ClaudeCode.self,
    CodexCLI.self,
    GeminiCLI.self,
    LiveKit.self,
    GoogleADK.self,
    Strands.self,
    LiteLLM.self,
    Langfuse.self,
    PydanticAI.self,
    VercelAI.self,
    MLflow.self,
    LangSmith.self,
    Mastra.self,
    Agno.self,
    ClaudeAgentSDK.self,
    OpenInference.self,
    Smolagents.self,
    LlamaIndex.self,
    CrewAI.self,
    BeeAI.self,
    DSPy.self,
    AgentFramework.self,
    SemanticKernel.self,
    AutoGen.self,
    AG2.self,
    Haystack.self,
    Genkit.self,
    VoltAgent.self,
    Laminar.self,
    AgentOps.self,
    OpenLIT.self,
    SpringAI.self,
    Dify.self,
    Braintrust.self,
    Sentry.self,
    SwiftAgent.self,
    Rig.self,
    N8n.self,
    Weave.self,
    Opik.self,
    OpenLLMetry.self,
    OpenAIAgents.self,
    Logfire.self,
    TrueFoundry.self,
    CloudflareGateway.self,
    KongGateway.self,
    ADOT.self,
    MCP.self,
    AnthropicSDK.self,
    Bedrock.self,
    AzureAIInference.self,
    LangChain4j.self,
    OTelGenAI.self,
]

/// Something that gives a dialect away.
package enum Sign: Sendable {
    /// An attribute with this key, or, if it ends in `.` or `:`, with a key that begins so.
    case key(String)
    /// An attribute with such a key, which counts only beside another sign: many put it on spans that are no agent's.
    case beside(String)
    /// An attribute with this key and one of these strings.
    case value(String, [String])
    /// A span whose name begins so.
    case spanName(String)
    /// An event of a span, or a log record, whose event name begins so.
    case event(String)
    /// A metric whose name begins so.
    case metric(String)
    /// A resource that has this attribute with one of these strings; counts only beside another sign.
    case resource(String, [String])
    /// A scope whose name begins so: for those that have nothing else to tell them by.
    case scope(String)
}

/// What an attribute of a dialect says.
package struct Rule: Sendable {
    /// The key of the source.
    package let source: String
    package let target: Field
    package let reads: Reading
    /// Of several rules of one dialect for one field the lowest counts.
    let order: UInt8

    /// `else`: only if no rule with a lower number found something.
    package init(_ key: String, _ field: Field, _ reading: Reading? = nil, else order: UInt8 = 0) {
        source = key
        target = field
        reads = reading ?? Reading(field.form)
        self.order = order
    }
}

/// How the value of an attribute is to be read.
package enum Reading: Sendable {
    case text
    /// Text that may stand in JSON quotes.
    case quotedText
    /// A name of a provider: brought to the words of the conventions; names of frameworks are none.
    case provider
    /// A name of a model; a word that cannot be one is none.
    case model
    /// A name of an operation: also decides what the item is.
    case operation
    case count, integer, number, flag
    /// Seconds, or what becomes seconds.
    case seconds, milliseconds, microseconds, nanoseconds
    /// A moment, as text; becomes the seconds since the item began.
    case moment
    case texts
    case finishReasons
    case content
    /// Content that may stand in JSON quotes.
    case quotedContent
    /// What a function was called with, without the wrapping that says by which kind of parameter.
    case callArguments
    case inputMessages, outputMessages, systemInstructions, toolDefinitions, documents
    /// Understood and said otherwise already: goes.
    case redundant

    /// Whether it makes a value that can tell series of a metric apart.
    var isPlain: Bool {
        switch self {
        case .text, .quotedText, .provider, .model, .operation, .count, .integer, .number, .flag, .redundant: true
        default: false
        }
    }

    init(_ form: Field.Form) {
        self =
            switch form {
            case .text: .text
            case .count: .count
            case .integer: .integer
            case .number: .number
            case .flag: .flag
            case .texts: .texts
            case .content: .content
            case .messages: .inputMessages
            case .documents: .documents
            case .definitions: .toolDefinitions
            }
    }
}

/// What token counts include.
package enum TokenConvention: Sendable {
    /// Cached tokens are part of the input, reasoning is part of the output: the conventions' own way.
    case inclusive
    /// Cached tokens come beside the input.
    case exclusive
    /// Cached tokens come beside the input, reasoning beside the output.
    case disjoint
    /// Cached tokens are part of the input, reasoning comes beside the output.
    case reasoningBeside
    /// As the provider counts.
    case byProvider
    /// As the numbers show; if they do not, as the provider counts.
    case byNumbers
    /// As the numbers show; if they do not, cached tokens are part of the input, whoever the provider is.
    case inclusiveByNumbers
}

/// What a metric of a dialect is called in canonical words.
package struct MetricRule: Sendable {
    package let name: String
    package let canonical: String
    /// What a unit of the source is in the canonical unit.
    package let scale: Double
    package let unit: String?
    /// What the source says by the metric's name and the canonical one by attributes.
    package let adding: [(key: [UInt8], value: [UInt8])]

    package init(_ name: String, _ canonical: String, scale: Double = 1, unit: String? = nil, adding: [String: String] = [:]) {
        self.name = name
        self.canonical = canonical
        self.scale = scale
        self.unit = unit
        self.adding = adding.sorted { $0.key < $1.key }.map { (Array($0.key.utf8), Array($0.value.utf8)) }
    }
}
