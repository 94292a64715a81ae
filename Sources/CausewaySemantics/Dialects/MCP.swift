/// The Model Context Protocol as its Python library and FastMCP report it.
package enum MCP: Dialect {
    package static let name = "mcp"

    package static let signs: [Sign] = [
        .scope("mcp-python-sdk"), .scope("fastmcp"), .key("fastmcp."), .value("rpc.system", ["mcp"]),
        .key("mcp.tool.name"),
    ]

    package static let rules: [Rule] = [Rule("mcp.tool.name", .toolName)]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        guard let method = facts.text("mcp.method.name") ?? facts.text("rpc.method") else {
            // Envoy's gateway says the tool and no method.
            guard facts.has("mcp.tool.name") else { return facts.set(.step, order: 2) }
            facts.set(.toolKind, "mcp", else: 1)
            return facts.set(.executeTool)
        }
        switch method {
        case "tools/call":
            facts.set(.executeTool)
            facts.set(.toolKind, "mcp", else: 1)
            component(&facts, "tool", .toolName)
            if let key = facts.text("fastmcp.component.key"), key.hasPrefix("tool:"), let at = key.lastIndex(of: "@") {
                let version = key[key.index(after: at)...]
                if !version.isEmpty { facts.set(.toolVersion, String(version)) }
            }
            if facts.text("error.type") == "tool_error" { facts.fail(.executeTool, message: facts.statusMessage) }
        case "prompts/get":
            facts.set(.prompt)
            component(&facts, "prompt", .promptName)
        default: facts.set(.step)
        }
    }

    /// The name of a tool or prompt, from the key of the component (`tool:name@version`) or from the span's name.
    private static func component(_ facts: inout Facts, _ kind: String, _ field: Field) {
        if facts.isKnown(field) { return }
        if let key = facts.text("fastmcp.component.key"), !key.isEmpty {
            let bare = key.hasPrefix(kind + ":") ? key.dropFirst(kind.count + 1) : key[...]
            let name = bare.lastIndex(of: "@").map { bare[..<$0] } ?? bare
            if !name.isEmpty { return facts.set(field, String(name)) }
        }
        if let space = facts.itemName.lastIndex(of: " ") {
            facts.set(field, String(facts.itemName[facts.itemName.index(after: space)...]))
        }
    }
}
