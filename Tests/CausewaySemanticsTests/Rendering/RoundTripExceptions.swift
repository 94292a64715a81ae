import CausewayModel
import CausewaySemantics

/// What does not leave as it came, and why; `docs/backends.md` lists the same.
enum RoundTripExceptions {
    /// Why an attribute does not leave the way it came in the same dialect; nil if it has to.
    static func reason(_ dialect: RenderedDialect, _ attribute: Attribute, _ found: AttributeValue?) -> String? {
        let key = attribute.key
        switch dialect {
        case .genAI2:
            if key == "gen_ai.provider.name" { return "providers have their present names" }
        case .openInference:
            if key.hasSuffix("put.mime_type") { return "says of which kind the value is" }
            if key == "input.value" || key == "output.value" {
                return "a conversation in a framework's serialization leaves as chat messages"
            }
            if key.hasPrefix("llm.tools.") { return "a tool has name, description and parameters" }
            if key.contains(".message_content."), found == nil { return "a text alone is the message's content; an empty one is none" }
        case .openLLMetry:
            if key == "gen_ai.tool.definitions" { return "in the conventions' form" }
            if key == "gen_ai.user" { return "a user is an association property" }
        case .langfuse:
            if key == "langfuse.observation.usage_details" { return "buckets do not overlap, under Langfuse's own names" }
            if key == "langfuse.observation.model.parameters" { return "what has no limit is not said" }
            if key.hasPrefix("langfuse.observation.metadata.ls_") { return "model and provider have attributes of their own" }
            if key == "langfuse.observation.input" || key == "langfuse.observation.output" {
                return "a conversation in a framework's serialization leaves as chat messages"
            }
        case .langsmith:
            if key == "gen_ai.tool.definitions" { return "in the conventions' form" }
            if key == "langsmith.metadata.usage_metadata" { return "tokens have attributes of their own" }
            if key == "gen_ai.prompt" || key == "gen_ai.completion" {
                return "a conversation in a framework's serialization leaves as chat messages"
            }
            if key == "gen_ai.operation.name" { return "in the conventions' words" }
            if attribute == Attribute("gen_ai.system", "langchain") { return "a framework runs no model" }
            if key == "gen_ai.response.finish_reasons" { return "one text with commas" }
        default: break
        }
        return nil
    }

    /// Canonical attributes that have to mean the same after a dialect.
    static let meaning = [
        "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.tool.name",
        "gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.query.text",
        "gen_ai.conversation.id", "user.id", "gen_ai.agent.name", "gen_ai.request.temperature", "gen_ai.request.max_tokens",
        "causeway.step.type",
    ]

    /// Why a canonical attribute does not mean the same after a dialect; nil if it has to.
    static func reason(
        _ dialect: RenderedDialect,
        _ field: String,
        _ value: AttributeValue,
        of item: Changes.Item,
        _ capture: Capture
    ) -> String? {
        func text(_ key: String) -> String? {
            if case .string(let text)? = item.attributes.first(where: { $0.key == key })?.value { text } else { nil }
        }
        let isModelCall = ["chat", "text_completion", "generate_content"].contains(text("gen_ai.operation.name"))
        let isReplaced = [.openInference, .langfuse, .mlflow, .langsmith].contains(dialect)
        if value == "" { return "an empty text says nothing" }
        switch field {
        case "gen_ai.usage.input_tokens"
        where ["claude-code", "otel-botocore", "langsmith", "strands"].contains(where: capture.path.hasPrefix):
            return "the source's own keys are still there and say how it counts"
        case "gen_ai.conversation.id" where text("traceloop.association.properties.chat_id") != nil:
            return "the source's own keys are still there"
        case "gen_ai.input.messages" where !isModelCall, "gen_ai.output.messages" where !isModelCall:
            return "outside calls of models a conversation leaves as text or as chat messages"
        case "gen_ai.input.messages" where dialect == .genAI1 && capture.path.hasPrefix("openinference"),
            "gen_ai.output.messages" where dialect == .genAI1 && capture.path.hasPrefix("openinference"):
            return "the source's own keys are still there, and an event has no place for the name of a tool"
        case "gen_ai.input.messages" where dialect == .genAI1 && capture.path.hasPrefix("pydantic-ai-1"):
            return "an event has no place for the name of a tool"
        case "gen_ai.input.messages" where (isReplaced || dialect == .genAI1) && capture.path.hasPrefix("strands"):
            return "what a tool answered is a text"
        case "gen_ai.input.messages" where isReplaced && text(field)?.contains(#"{"type":"reasoning"}"#) == true,
            "gen_ai.output.messages" where isReplaced && text(field)?.contains(#"{"type":"reasoning"}"#) == true:
            return "reasoning of which nothing is told has no place in a chat message"
        case "gen_ai.input.messages" where text("gen_ai.system_instructions") != nil && dialect != .genAI2 && dialect != .genAI3:
            return "instructions are the first of the messages"
        case "gen_ai.input.messages" where capture.path.hasPrefix("openinference-llama-index"),
            "gen_ai.output.messages" where capture.path.hasPrefix("openinference-llama-index"):
            return "an empty text is none"
        case "gen_ai.input.messages" where ["langsmith-otel", "litellm"].contains(where: capture.path.hasPrefix),
            "gen_ai.output.messages" where ["langsmith-otel", "langfuse-langchain"].contains(where: capture.path.hasPrefix):
            return "a framework keeps more beside a message than it says"
        case "gen_ai.output.messages" where capture.path.hasPrefix("ag2"):
            return "the source's own keys are still there"
        case "causeway.step.type":
            let type = text(field)
            return type == "wait" || type == "prompt" || type == "step" || isReplaced || dialect == .openLLMetry
                ? "the dialect has no word for it" : nil
        case "gen_ai.system_instructions": return dialect == .genAI2 || dialect == .genAI3 ? nil : "the first of the messages"
        case "gen_ai.response.model" where text("gen_ai.request.model") == text(field): return "the model that was asked for"
        case "gen_ai.tool.call.arguments":
            let arguments = text(field) ?? ""
            if arguments.contains("kwargs") { return "what wraps the arguments is taken off" }
            return dialect == .langsmith && !arguments.hasPrefix("{") ? "inputs are an object" : nil
        default: break
        }
        if field.hasPrefix("gen_ai.usage."), isReplaced,
            !["chat", "text_completion", "generate_content", "embeddings"].contains(text("gen_ai.operation.name"))
        {
            return "only the spans that count have tokens"
        }
        return nil
    }
}
