/// What can go wrong in an agent's work. A closed list: programs count by it.
package enum FailureCode: CaseIterable, Sendable {
    case modelProviderError, modelOverloaded, modelQuotaExceeded, modelRateLimited, modelTimeout, modelNetwork, modelAuth
    case modelInvalidRequest, modelContextOverflow, modelInvalidResponse, modelSchemaViolation, modelRefused, modelCutOff
    case toolNetwork, toolServerError, toolInvalidRequest, toolConstraintViolation, toolRateLimited, toolTimeout, toolAuth, toolNotFound
    case toolReportedError, toolException
    case orchestrationMissingTool, orchestrationMisconfiguration, orchestrationLoopDetected, orchestrationMaxSteps
    case orchestrationCoordination, orchestrationCancelled, orchestrationAbandoned, orchestrationException
    case guardrailContentSafety, guardrailAccessDenied, guardrailCompliance, guardrailBudgetExceeded, guardrailPromptInjection

    /// Category and code as they are written.
    package var words: (category: String, code: String) {
        switch self {
        case .modelProviderError: ("model", "provider_error")
        case .modelOverloaded: ("model", "overloaded")
        case .modelQuotaExceeded: ("model", "quota_exceeded")
        case .modelRateLimited: ("model", "rate_limited")
        case .modelTimeout: ("model", "timeout")
        case .modelNetwork: ("model", "network")
        case .modelAuth: ("model", "auth")
        case .modelInvalidRequest: ("model", "invalid_request")
        case .modelContextOverflow: ("model", "context_overflow")
        case .modelInvalidResponse: ("model", "invalid_response")
        case .modelSchemaViolation: ("model", "schema_violation")
        case .modelRefused: ("model", "refused")
        case .modelCutOff: ("model", "cut_off")
        case .toolNetwork: ("tool", "network")
        case .toolServerError: ("tool", "server_error")
        case .toolInvalidRequest: ("tool", "invalid_request")
        case .toolConstraintViolation: ("tool", "constraint_violation")
        case .toolRateLimited: ("tool", "rate_limited")
        case .toolTimeout: ("tool", "timeout")
        case .toolAuth: ("tool", "auth")
        case .toolNotFound: ("tool", "not_found")
        case .toolReportedError: ("tool", "reported_error")
        case .toolException: ("tool", "exception")
        case .orchestrationMissingTool: ("orchestration", "missing_tool")
        case .orchestrationMisconfiguration: ("orchestration", "misconfiguration")
        case .orchestrationLoopDetected: ("orchestration", "loop_detected")
        case .orchestrationMaxSteps: ("orchestration", "max_steps")
        case .orchestrationCoordination: ("orchestration", "coordination")
        case .orchestrationCancelled: ("orchestration", "cancelled")
        case .orchestrationAbandoned: ("orchestration", "abandoned")
        case .orchestrationException: ("orchestration", "exception")
        case .guardrailContentSafety: ("guardrail", "content_safety")
        case .guardrailAccessDenied: ("guardrail", "access_denied")
        case .guardrailCompliance: ("guardrail", "compliance")
        case .guardrailBudgetExceeded: ("guardrail", "budget_exceeded")
        case .guardrailPromptInjection: ("guardrail", "prompt_injection")
        }
    }
}

/// A failure and whether only a text's wording told it.
struct FailureFinding: Equatable {
    var code: FailureCode
    var isInferred: Bool
}

/// What an item says about its failure.
struct FailureEvidence {
    var operation: Operation?
    var isHTTP: Bool
    /// Of HTTP.
    var status: Int?
    /// What error types and exceptions are called, the surest first.
    var types: [String] = []
    var message = ""
    var hasException = false

    /// What failed: a model, a tool, a guardrail, or what holds them together.
    private enum Part { case model, tool, guardrail, orchestration }

    private var part: Part {
        switch operation {
        case .chat, .textCompletion, .generateContent, .embeddings, .rerank, .fetchResponse: .model
        case .executeTool, .retrieval: .tool
        case .guardrail: .guardrail
        default: .orchestration
        }
    }

    /// The first thing that says what it was.
    func finding() -> FailureFinding {
        let part = part
        if part == .guardrail { return FailureFinding(code: .guardrailCompliance, isInferred: true) }
        let wording = message.lowercased()
        if let status = status ?? types.lazy.compactMap({ Int($0) }).first(where: { 400..<600 ~= $0 }), status >= 400,
            let code = Self.code(status, part, wording)
        {
            return FailureFinding(code: code, isInferred: false)
        }
        for type in types {
            guard let code = Self.code(type.lowercased(), part, wording) else { continue }
            // A name for every failure of a server: the message may say which.
            if code == .modelProviderError || code == .toolServerError, let status = FailureWording.status(in: message),
                let exact = Self.code(status, part, wording), exact != code
            {
                return FailureFinding(code: exact, isInferred: true)
            }
            return FailureFinding(code: code, isInferred: false)
        }
        // The message may hold a status, or what the error is called.
        if let type = FailureWording.innerType(message), let code = Self.code(type.lowercased(), part, wording) {
            return FailureFinding(code: code, isInferred: true)
        }
        if let status = FailureWording.status(in: message), let code = Self.code(status, part, wording) {
            return FailureFinding(code: code, isInferred: true)
        }
        if let type = FailureWording.leadingType(message), let code = Self.code(type.lowercased(), part, wording) {
            return FailureFinding(code: code, isInferred: true)
        }
        if let code = Self.worded(wording, part) { return FailureFinding(code: code, isInferred: true) }
        switch part {
        case .model: return FailureFinding(code: .modelProviderError, isInferred: true)
        case .tool:
            if hasException || !types.isEmpty { return FailureFinding(code: .toolException, isInferred: false) }
            let isThrown = FailureWording.leadingType(message).map { $0.hasSuffix("Error") || $0.hasSuffix("Exception") } ?? false
            return FailureFinding(code: isThrown ? .toolException : .toolReportedError, isInferred: isThrown)
        case .guardrail, .orchestration: return FailureFinding(code: .orchestrationException, isInferred: !hasException)
        }
    }

    private static func code(_ status: Int, _ part: Part, _ wording: String) -> FailureCode? {
        switch (part, status) {
        case (.orchestration, _), (.guardrail, _): nil
        case (.model, 400), (.model, 404), (.model, 405), (.model, 413), (.model, 422): refined(.modelInvalidRequest, wording)
        case (.model, 401), (.model, 403): .modelAuth
        case (.model, 402): .modelQuotaExceeded
        case (_, 499): .orchestrationCancelled
        case (.model, 408), (.model, 504), (.model, 524): .modelTimeout
        case (.model, 424): .modelProviderError
        case (.model, 429): refined(.modelRateLimited, wording)
        case (.model, 498), (.model, 503), (.model, 529): .modelOverloaded
        case (.model, 500...): refined(.modelProviderError, wording)
        case (.tool, 401), (.tool, 403), (.tool, 407): .toolAuth
        case (.tool, 404), (.tool, 410): .toolNotFound
        case (.tool, 408), (.tool, 504), (.tool, 524): .toolTimeout
        case (.tool, 409), (.tool, 412): .toolConstraintViolation
        case (.tool, 429): .toolRateLimited
        case (.tool, 500...): .toolServerError
        case (.tool, 400...): .toolInvalidRequest
        default: part == .model ? .modelInvalidRequest : nil
        }
    }

    /// A code that a message makes more exact.
    private static func refined(_ code: FailureCode, _ wording: String) -> FailureCode {
        func has(_ words: [String]) -> Bool { words.contains { wording.contains($0) } }
        switch code {
        case .modelInvalidRequest where has(contextWords): return .modelContextOverflow
        case .modelInvalidRequest where has(safetyWords): return .guardrailContentSafety
        case .modelInvalidRequest where has(keyWords): return .modelAuth
        case .modelInvalidRequest where has(creditWords): return .modelQuotaExceeded
        case .modelRateLimited where wording.contains("overloaded"): return .modelOverloaded
        case .modelRateLimited where has(quotaWords):
            // A quota for each minute is a limit of the rate.
            return has(minuteWords) && !wording.contains("insufficient_quota") ? code : .modelQuotaExceeded
        case .modelProviderError where has(["overloaded", "over capacity"]): return .modelOverloaded
        default: return code
        }
    }

    private static let contextWords = [
        "context length", "context_length", "context window", "prompt is too long", "too many tokens", "maximum context",
        "input is too long", "token limit", "max_tokens_exceeded", "exceed context limit", "exceeds the maximum number of tokens",
        "maximum number of tokens allowed", "model_max_prompt_tokens_exceeded", "string_above_max_length",
    ]
    private static let quotaWords = ["insufficient_quota", "quota", "billing", "credit balance", "insufficient credits"]
    private static let minuteWords = ["per_minute", "per minute", "perminute", "per min", " / min", "/min"]
    private static let creditWords = ["credit balance", "billing_hard_limit", "billing hard limit", "insufficient credits"]
    private static let keyWords = ["api key not valid", "api_key_invalid", "invalid_api_key", "invalid api key", "incorrect api key"]
    private static let safetyWords = [
        "content_filter", "content management policy", "content policy", "responsible ai", "safety system", "content_policy_violation",
    ]

    /// By what an error is called; nil for names that say nothing.
    private static func code(_ type: String, _ part: Part, _ wording: String) -> FailureCode? {
        func has(_ words: String...) -> Bool { words.contains { type.contains($0) } }
        // A connection that is aborted was nobody's wish.
        if has("cancel", "interrupt") || has("abort") && !has("connection", "econn") {
            // .NET cancels what took too long.
            guard wording.contains("httpclient.timeout") else { return .orchestrationCancelled }
            return part == .tool ? .toolTimeout : .modelTimeout
        }
        if has("usagelimit") { return wording.contains("tokens_limit") ? .guardrailBudgetExceeded : .orchestrationMaxSteps }
        // A stack that is too deep (`RecursionError`) is no agent's limit.
        if has("maxturns", "maxsteps", "maxiterations", "graphrecursion", "recursionlimit", "iterationlimit", "steplimit", "turnlimit") {
            return .orchestrationMaxSteps
        }
        if has("max_turns", "max_steps", "max_iterations", "llmcallslimit", "modelcalllimit", "toolcalllimit") {
            return .orchestrationMaxSteps
        }
        if has("guardrail", "tripwire") { return .guardrailCompliance }
        if has("content_filter", "contentfilter", "contentpolicy", "safety") { return .guardrailContentSafety }
        if has("budget") { return .guardrailBudgetExceeded }
        let isTool = part == .tool
        if isTool, let code = FailureWording.code(rpc: type, wording) { return code }
        guard part == .model || isTool else {
            if has("config", "misconfig", "importerror", "modulenotfound") { return .orchestrationMisconfiguration }
            if has("unknowntool", "toolnotfound", "missingtool", "nosuchtool") { return .orchestrationMissingTool }
            return nil
        }
        if !isTool, has("unknowntool", "toolnotfound", "missingtool", "nosuchtool") { return .orchestrationMissingTool }
        if !isTool, has("maxtokensreached", "lengthfinishreason") { return .modelCutOff }
        if isTool, has("integrityerror", "violation", "constraint", "duplicatekey", "conflict") { return .toolConstraintViolation }
        if has("ratelimit", "rate_limit", "throttl", "toomanyrequests", "resource_exhausted", "resourceexhausted") {
            return isTool ? .toolRateLimited : refined(.modelRateLimited, wording)
        }
        if has("quota") { return isTool ? .toolRateLimited : .modelQuotaExceeded }
        if has("timeout", "timed_out", "deadline") { return isTool ? .toolTimeout : .modelTimeout }
        if has("overloaded", "serviceunavailable", "service_unavailable", "unavailable", "notready") {
            guard isTool else { return .modelOverloaded }
            return wording.contains("connect") ? .toolNetwork : .toolServerError
        }
        if has("context_length", "contextwindow", "contextoverflow", "contextlength") {
            return isTool ? .toolInvalidRequest : .modelContextOverflow
        }
        if has(
            "authentication",
            "permission",
            "unauthorized",
            "forbidden",
            "accessdenied",
            "access_denied",
            "unauthenticated",
            "credential",
            "expiredtoken",
            "unrecognizedclient",
            "invalidsignature",
            "apikey",
            "api_key"
        ) {
            return isTool ? .toolAuth : .modelAuth
        }
        if type == "enotfound"
            || has(
                "connection",
                "connecterror",
                "protocolerror",
                "networkerror",
                "readerror",
                "econn",
                "socket",
                "dns",
                "gaierror",
                "endpointconnection",
                "sslerror",
                "sslexception",
                "sslhandshake",
                "certificate",
                "resourceaccess",
                "servicerequesterror"
            )
        {
            return isTool ? .toolNetwork : .modelNetwork
        }
        if has("notfound", "not_found", "nosuch") { return isTool ? .toolNotFound : .modelInvalidRequest }
        if has("responsevalidation", "emptyresponse", "invalidresponse", "nooutputgenerated"), !isTool { return .modelInvalidResponse }
        // Amazon and Mistral say so of the request.
        if !isTool, type.hasSuffix("validationexception") || type.hasSuffix("httpvalidationerror") {
            return refined(.modelInvalidRequest, wording)
        }
        if has(
            "jsondecode",
            "jsonparse",
            "schema",
            "validation",
            "outputparser",
            "unexpectedmodelbehavior",
            "parse_error",
            "parseerror",
            "noobjectgenerated",
            "invalidtool"
        ) {
            return isTool ? .toolInvalidRequest : .modelSchemaViolation
        }
        if has("badrequest", "bad_request", "invalid_request", "invalidargument", "invalid_argument", "unprocessable", "invalid_parameter")
        {
            return isTool ? .toolInvalidRequest : refined(.modelInvalidRequest, wording)
        }
        if has(
            "internalserver",
            "internal_server",
            "api_error",
            "apierror",
            "server_error",
            "servererror",
            "modelerror",
            "modelstreamerror"
        ) {
            return isTool ? .toolServerError : refined(.modelProviderError, wording)
        }
        if isTool {
            if has("tool_error", "toolretry", "modelretry", "toolerror", "toolexecution") { return .toolReportedError }
        }
        return nil
    }

    /// How frameworks say that an agent took as many steps as it may.
    private static let stepWords = [
        "recursion limit", "max turns", "max_turns", "maximum turns", "maximum number of turns", "max steps", "max_steps", "maximum steps",
        "maximum number of steps", "maximum agent steps", "max iterations", "max_iterations", "maximum iterations",
        "maximum number of iterations", "iteration limit", "step limit", "turn limit", "llm calls limit", "request_limit",
        "tool_calls_limit",
    ]

    /// By how a message is worded.
    private static func worded(_ wording: String, _ part: Part) -> FailureCode? {
        guard !wording.isEmpty else { return nil }
        func has(_ words: String...) -> Bool { words.contains { wording.contains($0) } }
        if part == .orchestration {
            return stepWords.contains { wording.contains($0) } ? .orchestrationMaxSteps : nil
        }
        guard part == .model || part == .tool else { return nil }
        let isTool = part == .tool
        if has("context canceled", "operation was aborted", "was cancelled by the user") { return .orchestrationCancelled }
        if !isTool, contextWords.contains(where: { wording.contains($0) }) { return .modelContextOverflow }
        if !isTool, safetyWords.contains(where: { wording.contains($0) }) { return .guardrailContentSafety }
        if !isTool, has("insufficient_quota", "exceeded your current quota", "credit balance is too low") { return .modelQuotaExceeded }
        if has("rate limit", "too many requests", "error code: 429", "http 429", "status 429") {
            return isTool ? .toolRateLimited : refined(.modelRateLimited, wording)
        }
        if has("timed out", "timeout", "deadline exceeded") { return isTool ? .toolTimeout : .modelTimeout }
        if has(
            "error code: 401",
            "http 401",
            "http 403",
            "error code: 403",
            "unauthorized",
            "permission denied",
            "invalid api key",
            "incorrect api key",
            "api key not valid",
            "access denied"
        ) {
            return isTool ? .toolAuth : .modelAuth
        }
        if has("http 404", "error code: 404", "not found") { return isTool ? .toolNotFound : .modelInvalidRequest }
        if has("error code: 400", "http 400", "bad request", "invalid request") {
            return isTool ? .toolInvalidRequest : refined(.modelInvalidRequest, wording)
        }
        if has("overloaded", "error code: 529", "http 529") { return isTool ? .toolServerError : .modelOverloaded }
        if has("http 503", "error code: 503", "service unavailable") { return isTool ? .toolServerError : .modelOverloaded }
        if has("http 5", "error code: 5", "internal server error") { return isTool ? .toolServerError : .modelProviderError }
        if has(
            "connection",
            "network",
            "name resolution",
            "server disconnected",
            "peer closed",
            "fetch failed",
            "getaddrinfo",
            "econnrefused",
            "econnreset",
            "enotfound",
            "socket hang up",
            "failed to connect",
            "could not connect",
            "failed to resolve",
            "certificate verify failed"
        ) {
            return isTool ? .toolNetwork : .modelNetwork
        }
        if isTool, has("constraint failed", "violates unique constraint", "violates foreign key", "duplicate key", "duplicate entry") {
            return .toolConstraintViolation
        }
        return nil
    }
}
