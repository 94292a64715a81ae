internal import CausewayModel

/// What settling knows of one span: numbers, and texts by their numbers in the table. A hundred bytes, because there may be very many.
struct SettleSpan {
    enum Kind: UInt8 {
        /// Nothing that an agent does.
        case other
        /// A request over HTTP.
        case http
        case model, tool, retrieval, guardrail, agent, handoff, wait
        /// Any other step.
        case step

        /// Does the work of a step; what lies below is a part of it.
        var isLeaf: Bool {
            switch self {
            case .model, .tool, .retrieval, .guardrail: true
            case .other, .http, .agent, .handoff, .wait, .step: false
            }
        }
    }

    struct Flags: OptionSet {
        let rawValue: UInt32

        /// It has left the table's hands: what it means is noted, or needs no note.
        static let decided = Flags(rawValue: 1 << 0)
        /// It was decided that it counts.
        static let counts = Flags(rawValue: 1 << 1)
        /// It was decided that another one counts in its place.
        static let doesNotCount = Flags(rawValue: 1 << 2)
        /// The same span came before.
        static let redelivered = Flags(rawValue: 1 << 3)
        /// Another bridge has settled it: it is known, and nothing is said of it.
        static let settledElsewhere = Flags(rawValue: 1 << 4)
        static let isError = Flags(rawValue: 1 << 5)
        static let isOK = Flags(rawValue: 1 << 6)
        /// It says by itself that its tokens are a sum of others'.
        static let saysRollup = Flags(rawValue: 1 << 7)
        static let hasOutcome = Flags(rawValue: 1 << 8)
        static let hasCost = Flags(rawValue: 1 << 9)
        static let hasInput = Flags(rawValue: 1 << 10)
        static let hasOutput = Flags(rawValue: 1 << 11)
        static let hasInstructions = Flags(rawValue: 1 << 12)
        /// It says that its retries came to nothing.
        static let isExhausted = Flags(rawValue: 1 << 13)
        static let isMCP = Flags(rawValue: 1 << 14)
        /// Made by settling in the place of a root that never came.
        static let isSynthetic = Flags(rawValue: 1 << 15)
        static let hasAttempt = Flags(rawValue: 1 << 16)
        /// Its own cost was counted by what its source reported.
        static let hasFailed = Flags(rawValue: 1 << 17)
        static let isAbandoned = Flags(rawValue: 1 << 18)
        static let isClaudeCode = Flags(rawValue: 1 << 19)
        /// It was decided in an earlier life: what was noted on it then is known by what it did to counting only.
        static let replayed = Flags(rawValue: 1 << 20)
        /// Its cost is in something else than dollars, and part of no sum.
        static let isForeignMoney = Flags(rawValue: 1 << 21)
    }

    var sequence: UInt64 = 0
    var id: UInt64 = 0
    /// 0 for a root.
    var parent: UInt64 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    /// What says that two calls are the same: of model or tool and arguments; 0 if unknown.
    var call: UInt64 = 0
    /// A hash of the id of a model's response, or of a tool's call; 0 if unknown.
    var reference: UInt64 = 0
    var cost = 0.0
    var item: UInt32 = 0
    /// In milliseconds of the table's own clock.
    var arrival: UInt32 = 0
    var input: UInt32 = 0
    var output: UInt32 = 0
    /// The model or tool.
    var name: UInt32 = 0
    /// Who and for whom, among the table's identities.
    var identity: UInt32 = 0
    /// What went wrong.
    var failureCode: UInt32 = 0
    var failureCategory: UInt32 = 0
    var flags: Flags = []
    /// Of what was last noted on it.
    var noted: UInt32 = 0
    var retries: UInt16 = 0
    var httpStatus: UInt16 = 0
    var kind = Kind.other
    /// How many things it tells about its call.
    var detail: UInt8 = 0

    var hasUsage: Bool { input > 0 || output > 0 }
    var isRoot: Bool { parent == 0 }
    var duration: UInt64 { end > start ? end - start : 0 }
    /// What it cost in dollars, if it says so.
    var dollars: Double? { flags.contains(.hasCost) && !flags.contains(.isForeignMoney) ? cost : nil }
    /// Its own word for it.
    var hasFailed: Bool { flags.contains(.isError) || failureCode != 0 }
}

/// Who did something, and for whom: texts of the table, zero where it is not said.
struct SettleIdentity: Hashable {
    enum Field: Int, CaseIterable {
        case conversation, user, tenant, workspace, environment, experiment, variant, configuration
        // From here on it is the agent's: what is not below it does not have it.
        case agentName, agentVersion, agentID

        var key: String {
            switch self {
            case .conversation: "gen_ai.conversation.id"
            case .user: "user.id"
            case .tenant: "causeway.tenant.id"
            case .workspace: "causeway.workspace.id"
            case .environment: "deployment.environment.name"
            case .experiment: "causeway.experiment.name"
            case .variant: "causeway.experiment.variant"
            case .configuration: "causeway.config.id"
            case .agentName: "gen_ai.agent.name"
            case .agentVersion: "gen_ai.agent.version"
            case .agentID: "gen_ai.agent.id"
            }
        }

        var isOfAgent: Bool { rawValue >= Field.agentName.rawValue }
    }

    private var texts: [11 of UInt32] = .init(repeating: 0)

    subscript(field: Field) -> UInt32 {
        get { texts[field.rawValue] }
        set { texts[field.rawValue] = newValue }
    }

    /// The same with what is said above it, where it says nothing itself.
    func completed(by above: SettleIdentity) -> SettleIdentity {
        var own = self
        for field in Field.allCases where own[field] == 0 {
            // An agent of another name is not of this one's version.
            if field.isOfAgent, field != .agentName, own[.agentName] != above[.agentName], own[.agentName] != 0 { continue }
            own[field] = above[field]
        }
        return own
    }

    static func == (left: SettleIdentity, right: SettleIdentity) -> Bool {
        for index in 0..<11 where left.texts[index] != right.texts[index] { return false }
        return true
    }

    func hash(into hasher: inout Hasher) { for index in 0..<11 { hasher.combine(texts[index]) } }
}
