/// The Claude Agent SDK as OpenInference's instrumentations report it: the answer's own numbers, on the whole run.
package enum ClaudeAgentSDK: Dialect {
    package static let name = "claude_agent_sdk"

    package static let signs: [Sign] = [
        .scope("openinference.instrumentation.claude_agent_sdk"), .scope("@arizeai/openinference-instrumentation-claude-agent-sdk"),
    ]

    /// Not summed up, as OpenInference's other instrumentations do.
    package static let tokens = TokenConvention.exclusive
}
