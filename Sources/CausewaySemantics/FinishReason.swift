internal import CausewayOTLP

/// Why a model stopped, in the words of the GenAI conventions.
enum FinishReason {
    /// The canonical word for a source's; nil if it is one already, or not known.
    static func canonical(_ bytes: [UInt8], _ range: Range<Int>) -> String? { words[bytes, range] }

    private static let words = WordTable<String>(
        [
            (
                "stop",
                [
                    "end_turn", "stop_sequence", "STOP", "eos", "eos_token", "COMPLETE", "FinishReason.STOP", "complete", "completed",
                    "Stop", "END_TURN", "STOP_SEQUENCE", "EndTurn", "Complete", "finished",
                ]
            ),
            (
                "length",
                [
                    "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens", "FinishReason.LENGTH", "FinishReason.MAX_TOKENS",
                    "model_context_window_exceeded", "Length", "LENGTH", "MaxTokens", "FinishReason.MAX_OUTPUT_TOKENS",
                ]
            ),
            (
                "tool_call",
                [
                    "tool_use", "tool-calls", "function_call", "TOOL_USE", "FinishReason.TOOL_CALLS", "ToolCalls",
                    "TOOL_CALLS", "TOOL_CALL", "ToolUse", "FunctionCall", "TOOL_EXECUTION", "toolCalls",
                ]
            ),
            (
                "content_filter",
                [
                    "content-filter", "refusal", "SAFETY", "safety", "prohibited_content", "content_filtered", "guardrail_intervened",
                    "blocked", "PROHIBITED_CONTENT",
                    "BLOCKLIST", "RECITATION", "ContentFilter", "CONTENT_FILTER", "CONTENT_FILTERED", "FILTER", "SPII",
                    "FinishReason.SAFETY", "FinishReason.CONTENT_FILTER",
                ]
            ),
        ].flatMap { word, others in others.map { ($0, word) } }
    )
}
