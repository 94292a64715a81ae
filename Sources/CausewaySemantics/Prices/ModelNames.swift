/// The names by which a model may stand in a table, from the one that was said to what remains when all is taken off that may be.
struct ModelNames {
    struct Form: Equatable {
        var name: String
        /// What was taken off or changed, in words for `causeway.cost.rule`.
        var how: String
        /// The name asks for the fast tier, which has a price of its own.
        var isFast = false
    }

    private(set) var forms: [Form] = []
    /// What an ARN or a path says about where the model is.
    private(set) var region = ""

    static let maxLength = 512

    /// `name` as it came.
    init(_ name: String) {
        let whole = name.lowercased().filter { !$0.isWhitespace }
        guard !whole.isEmpty, whole.utf8.count <= Self.maxLength else { return }
        // What stands around a name comes off first, what stands behind it afterwards.
        let outer = outer(whole)
        let inner = outer.map { Self.inner($0) }
        for level in 0..<(inner.map(\.count).max() ?? 0) {
            for names in inner where level < names.count { add(names[level]) }
        }
    }

    private mutating func add(_ form: Form) {
        if !form.name.isEmpty, !forms.contains(where: { $0.name == form.name }) { forms.append(form) }
    }

    private static let vendors = [
        "anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "ai21.", "deepseek.", "openai.", "qwen.", "stability.", "writer.",
        "moonshot.", "moonshotai.", "minimax.", "nvidia.", "google.", "zai.",
    ]
    private static let areas = ["us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "sa.", "me.", "af.", "global."]

    private mutating func outer(_ whole: String) -> [Form] {
        var list = [Form(name: whole, how: "exact")]
        var name = whole
        func how(_ word: String) -> String { list.count == 1 ? word : list[list.count - 1].how + "+" + word }
        if name.hasPrefix("arn:") {
            let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            guard parts.count == 6, let slash = parts[5].firstIndex(of: "/") else { return list }
            region = String(parts[3])
            // Behind an application's profile is a name that nobody knows.
            name = String(parts[5][parts[5].index(after: slash)...])
            list.append(Form(name: name, how: "arn"))
        }
        while let slash = name.firstIndex(of: "/"), list.count < 8 {
            name = String(name[name.index(after: slash)...])
            list.append(Form(name: name, how: how("path")))
        }
        if let area = Self.areas.first(where: { name.hasPrefix($0) }) {
            name = String(name.dropFirst(area.count))
            list.append(Form(name: name, how: how("region")))
        }
        if let vendor = Self.vendors.first(where: { name.hasPrefix($0) }) {
            if let version = Self.withoutVersion(name) {
                name = version
                list.append(Form(name: name, how: how("version")))
            }
            name = String(name.dropFirst(vendor.count))
            list.append(Form(name: name, how: how("vendor")))
        }
        return list
    }

    /// Without Bedrock's `-v1:0` or `:0`.
    private static func withoutVersion(_ name: String) -> String? {
        guard let colon = name.firstIndex(of: ":") else {
            guard let dash = name.lastIndex(of: "-") else { return nil }
            let last = name[name.index(after: dash)...]
            return last.first == "v" && last.count > 1 && last.dropFirst().allSatisfy(\.isNumber) ? String(name[..<dash]) : nil
        }
        let start = String(name[..<colon])
        return withoutVersion(start) ?? start
    }

    private static func inner(_ form: Form) -> [Form] {
        var list = [form]
        func take(_ name: String, _ word: String, isFast: Bool = false) {
            let last = list[list.count - 1]
            list.append(Form(name: name, how: last.how == "exact" ? word : last.how + "+" + word, isFast: last.isFast || isFast))
        }
        var name: String { list[list.count - 1].name }
        // Made finer by whoever owns it: the price is that of the fine-tuned base model.
        if name.hasPrefix("ft:") {
            let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count > 2 { take("ft:" + parts[1], "fine_tuned") }
        } else {
            if let at = name.firstIndex(of: "@") {
                let start = String(name[..<at])
                let rest = name[name.index(after: at)...]
                take(rest == "default" || rest == "latest" ? start : start + "-" + rest, "at")
            }
            if name.hasSuffix("]"), let bracket = name.firstIndex(of: "[") { take(String(name[..<bracket]), "variant") }
            // What is free is not the same at another price.
            let flags = [":thinking", ":nitro", ":floor", ":online", ":extended", ":beta", ":exacto"]
            if let flag = flags.first(where: { name.hasSuffix($0) }) { take(String(name.dropLast(flag.count)), "variant") }
        }
        for _ in 0..<4 {
            if let short = withoutDate(name) {
                take(short, "date")
            } else if let word = ["-latest", "-preview", "-exp", "-experimental"].first(where: { name.hasSuffix($0) }) {
                take(String(name.dropLast(word.count)), String(word.dropFirst()))
            } else if name.contains("claude"), name.hasSuffix("-fast") {
                take(String(name.dropLast(5)), "fast", isFast: true)
            } else if let short = withoutNumber(name) {
                take(short, "revision")
            } else {
                break
            }
        }
        return list
    }

    /// Without `-2024-08-06`, `-20240806` or `-06-05` at its end.
    private static func withoutDate(_ name: String) -> String? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        func number(_ index: Int, _ digits: Int, _ range: ClosedRange<Int>) -> Bool {
            let text = parts[parts.count - index]
            return text.count == digits && Int(text).map { range.contains($0) } == true
        }
        guard parts.count > 1 else { return nil }
        if number(1, 8, 19_000_101...20_991_231) { return parts.dropLast().joined(separator: "-") }
        guard parts.count > 2, number(1, 2, 1...31), number(2, 2, 1...12) else { return nil }
        if parts.count > 3, number(3, 4, 1900...2099) { return parts.dropLast(3).joined(separator: "-") }
        // A month and a day alone only where something stands before them that a date follows: 4-05 would be a version.
        guard parts.count > 3, ["preview", "exp", "latest"].contains(parts[parts.count - 3]) else { return nil }
        return parts.dropLast(2).joined(separator: "-")
    }

    /// Without `-001` at its end.
    private static func withoutNumber(_ name: String) -> String? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let last = name[name.index(after: dash)...]
        return last.count == 3 && last.hasPrefix("0") && last.allSatisfy(\.isNumber) ? String(name[..<dash]) : nil
    }
}

/// Providers by the names that price tables have for them.
enum ProviderNames {
    /// As LiteLLM calls it, the likeliest first.
    static func litellm(_ provider: String) -> [String] {
        switch provider {
        case "": []
        case "aws.bedrock": ["bedrock", "bedrock_converse", "bedrock_mantle"]
        case "azure.ai.openai": ["azure", "azure_ai"]
        case "azure.ai.inference": ["azure_ai", "azure"]
        case "gcp.vertex_ai": ["vertex_ai", "gemini"]
        case "gcp.gemini": ["gemini", "vertex_ai"]
        case "gcp.gen_ai": ["gemini", "vertex_ai"]
        case "mistral_ai": ["mistral", "codestral"]
        case "x_ai": ["xai"]
        case "moonshot_ai": ["moonshot"]
        case "ibm.watsonx.ai": ["watsonx"]
        case "fireworks": ["fireworks_ai"]
        case "cohere": ["cohere", "cohere_chat"]
        case "hugging_face": ["huggingface"]
        case "openai": ["openai", "text-completion-openai"]
        default: [provider.lowercased()]
        }
    }

    /// As genai-prices calls it.
    static func genai(_ provider: String) -> String {
        switch provider {
        case "aws.bedrock": "aws"
        case "azure.ai.openai", "azure.ai.inference": "azure"
        case "gcp.vertex_ai", "gcp.gemini", "gcp.gen_ai": "google"
        case "mistral_ai": "mistral"
        case "x_ai": "x-ai"
        case "moonshot_ai": "moonshotai"
        case "together_ai": "together"
        case "hugging_face": "huggingface"
        default: provider.lowercased()
        }
    }

    /// Whether an entry of LiteLLM's is one of a provider with this name.
    static func isOne(_ entry: String, of name: String) -> Bool {
        entry == name || entry.hasPrefix(name + "-") || entry.hasPrefix(name + "_converse")
    }

    /// Whoever runs models on machines of their own pays nobody by the token: what the same name costs elsewhere means nothing.
    static let selfHosted: Set<String> = [
        "ollama", "vllm", "lmstudio", "lm_studio", "llamafile", "llama_cpp", "llamacpp", "llama.cpp", "local", "localai", "self_hosted",
        "self-hosted", "tgi", "sglang", "xinference", "hosted_vllm", "oobabooga", "docker_model_runner", "lemonade", "mlx",
    ]
}
