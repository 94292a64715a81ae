internal import CausewayOTLP

/// Prompts that stand in a library of prompts: which one, in which version, and what was filled in.
extension Facts {
    /// What was put into a prompt, as a JSON object: each value also under a key of its own. The object stays: whoever wrote it may want
    /// it back in one piece.
    package mutating func takePromptVariables(_ key: String) {
        guard kind == .span, let variables = json(key), variables.kind(0) == .object else { return }
        var count = 0
        var next = variables.firstChild(0)
        while let name = next {
            let value = name + 1
            next = variables.next(value, in: 0)
            let canonical = Self.variable + (variables.string(name).map { Array($0.utf8) } ?? [])
            guard count < Self.variableLimit, 1...128 ~= canonical.count - Self.variable.count,
                !attributes.entries.contains(where: {
                    payload.holds(canonical, at: $0.view.key)
                })
            else { continue }
            var text: [UInt8] = []
            if variables.kind(value) == .string { variables.text(value, to: &text) } else { variables.copy(value, to: &text) }
            added.attribute(attributesField, canonical, text: text)
            count += 1
        }
    }

    /// A prompt's name and version in a JSON object, or in the first of a list of them.
    package mutating func takePrompt(_ key: String) {
        guard let prompts = json(key) else { return }
        let prompt = prompts.kind(0) == .array ? prompts.elements(0).first : 0
        guard let prompt, let name = prompts.string(prompts.member("name", of: prompt)) else { return }
        set(.promptName, name)
        guard let version = prompts.member("version", of: prompt) else { return }
        if let text = prompts.string(version) ?? prompts.integer(version).map({ String($0) }) { set(.promptVersion, text) }
    }

    private static let variable = Array("gen_ai.prompt.variable.".utf8)
    private static let variableLimit = 32
}
