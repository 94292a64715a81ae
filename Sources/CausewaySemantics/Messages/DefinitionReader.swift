internal import CausewayOTLP

/// Reads the tools that a model was offered, in whoever's JSON, and writes them as the GenAI conventions have them: a list of
/// `{type, name, description, parameters}`.
struct DefinitionReader: Sendable {
    var output: [UInt8] = []
    private var outline = JSONOutline()
    private var inner: [UInt8] = []
    /// Something was no tool.
    private var isBroken = false

    mutating func read(_ bytes: [UInt8], _ range: Range<Int>) -> MessageReader.Outcome {
        output.removeAll(keepingCapacity: true)
        isBroken = false
        if let first = bytes[range].first, first != UInt8(ascii: "["), first != UInt8(ascii: "{"), names(bytes, range) { return .made }
        guard outline.read(bytes, range), outline.kind(0) == .array || outline.kind(0) == .object else { return .unknown }
        if isCanonical() { return .canonical }
        output.append(UInt8(ascii: "["))
        add(0)
        guard output.count > 1, !isBroken else { return .unknown }
        output.append(UInt8(ascii: "]"))
        return .made
    }

    /// Nothing but names, with commas between them.
    private mutating func names(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let names = bytes[range].split(separator: UInt8(ascii: ",")).map { bytes.trimmed($0.startIndex..<$0.endIndex) }
        guard !names.isEmpty, names.count <= 1024, names.allSatisfy({ Self.isName(Array(bytes[$0])) }) else { return false }
        output.append(UInt8(ascii: "["))
        for name in names {
            begin(nil)
            write(",\"name\":")
            JSONEscapes.quote(bytes, name, to: &output)
            write("}")
        }
        output.append(UInt8(ascii: "]"))
        return true
    }

    private func isCanonical() -> Bool {
        guard outline.kind(0) == .array, outline.firstChild(0) != nil else { return false }
        return outline.elements(0).allSatisfy {
            outline.kind($0) == .object && outline.member("type", of: $0) != nil && outline.member("name", of: $0) != nil
                && outline.member(["function", "input_schema"], of: $0) == nil
        }
    }

    private mutating func add(_ node: Int) {
        switch outline.kind(node) {
        case .array: for element in outline.elements(node) { add(element) }
        case .string: addText(node)
        case .object:
            if let list = outline.member(["functionDeclarations", "function_declarations", "tools", "function_tools"], of: node) {
                return add(list)
            }
            if let wrapped = outline.member(["tool", "json_schema"], of: node), outline.kind(wrapped) != .array { return add(wrapped) }
            let tool = outline.member(["function", "toolSpec", "kwargs"], of: node) ?? node
            guard outline.kind(tool) == .object, let name = outline.member("name", of: tool) else { return copy(node) }
            begin(outline.member("type", of: node).flatMap { outline.kind($0) == .string ? $0 : nil })
            write(",\"name\":")
            outline.copy(name, to: &output)
            if let description = outline.member("description", of: tool) {
                write(",\"description\":")
                outline.copy(description, to: &output)
            }
            if let parameters = outline.member(Self.schemas, of: tool) {
                write(",\"parameters\":")
                schema(parameters)
            }
            write("}")
        default: break
        }
    }

    private static let schemas: [String] = [
        "parameters", "input_schema", "inputSchema", "parameters_json_schema", "args_schema", "parametersJsonSchema", "schema",
    ]

    /// A schema may lie one level deeper (Bedrock's `json`), or be JSON text.
    private mutating func schema(_ node: Int) {
        if outline.kind(node) == .object, let inner = outline.member(["json", "jsonSchema"], of: node), outline.kind(inner) == .object {
            return outline.copy(inner, to: &output)
        }
        guard outline.kind(node) == .string else { return outline.copy(node, to: &output) }
        inner.removeAll(keepingCapacity: true)
        outline.text(node, to: &inner)
        if JSONOutline(inner) != nil { output.append(contentsOf: inner) } else { outline.copy(node, to: &output) }
    }

    /// JSON in text, or nothing but a name.
    private mutating func addText(_ node: Int) {
        var text: [UInt8] = []
        outline.text(node, to: &text)
        if text.first == UInt8(ascii: "{"), let nested = JSONOutline(text) {
            let around = outline
            outline = nested
            add(0)
            outline = around
        } else if Self.isName(text) {
            begin(nil)
            write(",\"name\":")
            outline.copy(node, to: &output)
            write("}")
        } else {
            isBroken = true
        }
    }

    /// What a program shows of an object is no name.
    private static func isName(_ text: [UInt8]) -> Bool {
        !text.isEmpty && text.count <= 128
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
                    UInt8(ascii: ":"):
                    true
                default: byte >= 0x80
                }
            }
    }

    private mutating func begin(_ type: Int?) {
        separate()
        write("{\"type\":")
        // LangChain's "constructor" and the like are no types of tools.
        if let type, !outline.holds(type, "constructor") { outline.copy(type, to: &output) } else { write("\"function\"") }
    }

    private mutating func copy(_ node: Int) {
        separate()
        outline.copy(node, to: &output)
    }

    private mutating func separate() {
        if output.count > 1 { write(",") }
    }

    private mutating func write(_ text: String) {
        for byte in text.utf8 { output.append(byte) }
    }
}
