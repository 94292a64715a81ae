internal import CausewayOTLP

/// Names of those who run models, brought to the words of the GenAI conventions.
package enum Provider {
    enum Meaning: Equatable {
        case provider(String)
        /// Who wrote the agent's framework, which says nothing about the model.
        case framework
    }

    /// The conventions' own words and, behind them, words in use that have no better one.
    private static let names = [
        "openai", "anthropic", "aws.bedrock", "azure.ai.inference", "azure.ai.openai", "cohere", "deepseek", "gcp.gemini", "gcp.gen_ai",
        "gcp.vertex_ai", "groq", "ibm.watsonx.ai", "mistral_ai", "moonshot_ai", "perplexity", "x_ai", "ollama", "openrouter", "together_ai",
        "fireworks", "hugging_face", "replicate", "aleph_alpha", "cerebras",
    ]

    private static let index = KeyIndex(names)

    static func isCanonical(_ bytes: [UInt8], _ range: Range<Int>) -> Bool { index.match(range, bytes)?.rest == range.upperBound }

    /// What a name means; one that is not known is a provider of that name.
    static func canonical(_ name: String) -> Meaning {
        let lowered = name.lowercased()
        if let known = others[lowered] { return .provider(known) }
        if frameworks.contains(lowered) { return .framework }
        if names.contains(lowered) { return .provider(lowered) }
        // Vercel: the vendor, then which of its interfaces.
        var vendor = lowered[...]
        while let dot = vendor.lastIndex(of: ".") {
            vendor = vendor[..<dot]
            if let known = others[String(vendor)] { return .provider(known) }
            if names.contains(String(vendor)) { return .provider(String(vendor)) }
        }
        return .provider(name)
    }

    /// The conventions' word for a provider, whoever's word it is; the given one if there is none.
    package static func word(_ name: String) -> String { if case .provider(let word) = canonical(name) { word } else { name } }

    private static let frameworks: Set<String> = [
        "strands-agents", "gcp.vertex.agent", "autogen", "microsoft.agent_framework", "langgraph", "langchain", "crewai", "spring_ai",
        "ag2", "pydantic-ai", "llama_index", "llamaindex", "haystack", "livekit", "traceloop", "unknown", "mcp", "agno", "smolagents",
        "openai_agents", "semantic_kernel", "google_adk", "openai-agents", "claude_agent_sdk", "claude-agent-sdk", "pydantic_ai",
        "strands_agents", "agent_framework", "dynamiq", "letta", "controlflow", "browser_use", "julep", "mem0", "mastra", "dspy",
        "llama-index", "langchain4j", "vercel-ai-sdk", "vercel_ai_sdk",
    ]

    private static let others: [String: String] = [
        "xai": "x_ai", "vertex_ai": "gcp.vertex_ai", "gemini": "gcp.gemini", "az.ai.inference": "azure.ai.inference",
        "az.ai.openai": "azure.ai.openai", "azure": "azure.ai.openai", "azure_openai": "azure.ai.openai", "azure.openai": "azure.ai.openai",
        "azure_ai": "azure.ai.inference", "azure-openai": "azure.ai.openai", "mistral": "mistral_ai", "mistralai": "mistral_ai",
        "mistral.ai": "mistral_ai", "moonshot": "moonshot_ai", "moonshotai": "moonshot_ai", "bedrock": "aws.bedrock",
        "aws": "aws.bedrock", "aws_bedrock": "aws.bedrock", "amazon": "aws.bedrock", "amazon-bedrock": "aws.bedrock",
        "amazon_bedrock": "aws.bedrock", "bedrock_converse": "aws.bedrock", "aws.anthropic": "aws.bedrock",
        "vertexai": "gcp.vertex_ai", "google_vertexai": "gcp.vertex_ai", "google.vertex": "gcp.vertex_ai", "gcp.anthropic": "gcp.vertex_ai",
        "google_genai": "gcp.gen_ai", "google": "gcp.gen_ai", "googleai": "gcp.gen_ai", "google.generative-ai": "gcp.gemini",
        "google_ai_studio": "gcp.gemini", "together": "together_ai", "together.ai": "together_ai", "togetherai": "together_ai",
        "fireworks_ai": "fireworks", "huggingface": "hugging_face", "watsonx": "ibm.watsonx.ai", "ibm": "ibm.watsonx.ai",
        "open_ai": "openai", "azure_open_ai": "azure.ai.openai", "google_ai_gemini": "gcp.gemini",
        "google_vertex_ai_gemini": "gcp.vertex_ai", "grok": "x_ai", "hugging face": "hugging_face",
        "vertex": "gcp.vertex_ai", "googlevertex": "gcp.vertex_ai", "azure_openai_service": "azure.ai.openai", "cohere_chat": "cohere",
        "azure_ai_inference": "azure.ai.inference", "open_ai_official": "openai", "mistral ai": "mistral_ai", "x.ai": "x_ai",
        "azure openai": "azure.ai.openai", "google gemini": "gcp.gemini", "amazon bedrock": "aws.bedrock", "vertex ai": "gcp.vertex_ai",
        "google_ai": "gcp.gemini", "fireworksai": "fireworks", "google_anthropic_vertex": "gcp.vertex_ai",
    ]

    /// Who may run a model of this name; nil if the name does not say.
    static func guess(model: String) -> String? {
        let name = model.lowercased()
        let bedrock = ["us.", "eu.", "apac.", "jp.", "au.", "global.", "anthropic.", "amazon.", "meta.", "cohere.", "ai21.", "mistral."]
        if bedrock.contains(where: { name.hasPrefix($0) }) { return "aws.bedrock" }
        if name.hasPrefix("claude") { return "anthropic" }
        if ["gpt", "o1", "o3", "o4", "text-embedding-", "chatgpt", "dall-e"].contains(where: { name.hasPrefix($0) }) { return "openai" }
        if name.hasPrefix("gemini") { return "gcp.gen_ai" }
        if name.hasPrefix("mistral-") || name.hasPrefix("codestral") { return "mistral_ai" }
        if name.hasPrefix("deepseek") { return "deepseek" }
        if name.hasPrefix("grok") { return "x_ai" }
        if name.hasPrefix("command-") { return "cohere" }
        return nil
    }

    /// Whether the provider counts cached tokens beside the input; nil if that is not known.
    static func countsCacheBesideInput(_ name: String) -> Bool? {
        switch name {
        case "anthropic", "aws.bedrock": true
        case "openai", "azure.ai.openai", "azure.ai.inference", "gcp.gemini", "gcp.gen_ai", "gcp.vertex_ai", "deepseek", "groq", "x_ai":
            false
        default: nil
        }
    }
}
