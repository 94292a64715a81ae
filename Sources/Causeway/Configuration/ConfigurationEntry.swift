internal import CausewayModel

/// One name in a mapping of the configuration, and what may stand behind it in a `Root`.
///
/// The entries are the only description of the configuration there is: reading, unknown keys, the printed configuration,
/// the example, the schema for editors and the reload all come from them.
struct ConfigurationEntry<Root: Equatable & Sendable>: Sendable {
    let name: String
    let summary: String
    let content: Content

    enum Content: Sendable {
        case section([ConfigurationEntry])
        case value(Value)
        /// Names of the user's own, each with a secret text.
        case headers(any WritableKeyPath<Root, [Configuration.Destination.Header]> & Sendable)
        /// Names of the user's own, each with a text; `isSecret` if nobody is to see it.
        case named(any WritableKeyPath<Root, [Configuration.Destination.Named]> & Sendable, isSecret: Bool, example: String)
        /// A list of words, taken over while the bridge runs.
        case list(List)
        /// A list of mappings, taken over while the bridge runs.
        case items(Items)
        /// Names of the user's own, each with one secret token or several.
        case tokens(any WritableKeyPath<Root, [Configuration.Tenants.Token]> & Sendable)
        /// Part of the design, not of this version; the text says what it will be for.
        case later
    }

    /// Whether a change takes effect while the bridge runs.
    enum Reload: Sendable {
        case live
        case restart
    }

    /// A single value behind a name, with its type put away.
    struct Value: Sendable {
        let reload: Reload
        let schema: JSONValue
        let isBare: Bool
        /// For the example, where there is no default to show.
        let example: String?
        let assign: @Sendable (ConfigurationNode.Scalar, inout Root) throws(ValueMistake) -> Void
        /// Nil when the value is not set.
        let written: @Sendable (Root) -> String?
        let differs: @Sendable (Root, Root) -> Bool
        /// Sets the second's value to the first's.
        let copy: @Sendable (Root, inout Root) -> Void
    }

    /// A list of words with its type put away.
    struct List: Sendable {
        /// The only ones there are; empty where any text may be.
        let words: [String]
        let example: String
        let assign: @Sendable ([String], inout Root) throws(ValueMistake) -> Void
        let written: @Sendable (Root) -> [String]
    }

    /// A list of mappings with the type of its elements put away.
    struct Items: Sendable {
        let example: String
        /// JSON Schema of one element.
        let schema: @Sendable () -> JSONValue
        /// Reads the elements; what is wrong with them the decoder knows afterwards.
        let decode: @Sendable (inout ConfigurationDecoder, [ConfigurationNode], String, inout Root) -> Void
        /// The elements, each as names and values.
        let written: @Sendable (Root) -> [[(name: String, text: String, isBare: Bool)]]
    }

    /// A list of mappings, each read by `entries`, which are values only, into what `empty` is at first.
    static func items<Item: Equatable & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<Root, [Item]> & Sendable,
        _ empty: Item,
        _ entries: [ConfigurationEntry<Item>],
        example: String,
        _ summary: String
    ) -> ConfigurationEntry {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .items(
                Items(
                    example: example,
                    schema: { ConfigurationJSONSchema.schema(of: entries, defaults: empty) },
                    decode: { decoder, nodes, key, root in
                        root[keyPath: path] = nodes.enumerated().compactMap { number, node in
                            decoder.decodeItem(node, entries, at: "\(key)[\(number)]", empty)
                        }
                    },
                    written: { root in
                        root[keyPath: path].map { item in
                            entries.compactMap { entry in
                                guard case .value(let value) = entry.content, let text = value.written(item), !text.isEmpty else {
                                    return nil
                                }
                                return (entry.name, text, value.isBare)
                            }
                        }
                    }
                )
            )
        )
    }

    static func section(_ name: String, _ summary: String, _ entries: [ConfigurationEntry]) -> ConfigurationEntry {
        ConfigurationEntry(name: name, summary: summary, content: .section(entries))
    }

    static func later(_ name: String, _ summary: String) -> ConfigurationEntry {
        ConfigurationEntry(name: name, summary: summary, content: .later)
    }

    /// Some of an enumeration's words, each at most once, in an order that matters.
    static func words<Word: RawRepresentable & CaseIterable & Equatable & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<Root, [Word]> & Sendable,
        example: String,
        _ summary: String
    ) -> ConfigurationEntry where Word.RawValue == String {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .list(
                List(
                    words: Word.allCases.map(\.rawValue),
                    example: example,
                    assign: { (texts, root) throws(ValueMistake) in
                        let form = ValueForm<Word>.choice()
                        var found: [Word] = []
                        for text in texts {
                            let word = try form.read(.init(text: text, isQuoted: false))
                            guard !found.contains(word) else { throw ValueMistake("\(text) twice", "name it once") }
                            found.append(word)
                        }
                        root[keyPath: path] = found
                    },
                    written: { $0[keyPath: path].map(\.rawValue) }
                )
            )
        )
    }

    /// Texts of the user's own, each at most once.
    static func texts(
        _ name: String,
        _ path: any WritableKeyPath<Root, [String]> & Sendable,
        example: String,
        _ summary: String
    ) -> ConfigurationEntry {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .list(
                List(
                    words: [],
                    example: example,
                    assign: { (texts, root) throws(ValueMistake) in
                        guard Set(texts).count == texts.count else { throw ValueMistake("one of them twice", "name it once") }
                        root[keyPath: path] = texts
                    },
                    written: { $0[keyPath: path] }
                )
            )
        )
    }

    /// What keeps a trace, each at most once.
    static func conditions(
        _ name: String,
        _ path: any WritableKeyPath<Root, [Configuration.Destination.Sample.Condition]> & Sendable,
        example: String,
        _ summary: String
    ) -> ConfigurationEntry {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .list(
                List(
                    words: [],
                    example: example,
                    assign: { (texts, root) throws(ValueMistake) in
                        var found: [Configuration.Destination.Sample.Condition] = []
                        for text in texts {
                            let condition = try Configuration.Destination.Sample.Condition(text: text)
                            guard !found.contains(condition) else { throw ValueMistake("\(shown(text)) twice", "name it once") }
                            found.append(condition)
                        }
                        root[keyPath: path] = found
                    },
                    written: { $0[keyPath: path].map(\.text) }
                )
            )
        )
    }

    /// A value that always is something.
    static func value<Wrapped>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Wrapped> & Sendable,
        _ form: ValueForm<Wrapped>,
        _ reload: Reload,
        _ summary: String
    ) -> ConfigurationEntry {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .value(
                Value(
                    reload: reload,
                    schema: form.schema,
                    isBare: form.isBare,
                    example: nil,
                    assign: { (scalar, root) throws(ValueMistake) in root[keyPath: path] = try form.read(scalar) },
                    written: { form.write($0[keyPath: path]) },
                    differs: { $0[keyPath: path] != $1[keyPath: path] },
                    copy: { $1[keyPath: path] = $0[keyPath: path] }
                )
            )
        )
    }

    /// A value that may be missing.
    static func value<Wrapped>(
        _ name: String,
        optional path: any WritableKeyPath<Root, Wrapped?> & Sendable,
        _ form: ValueForm<Wrapped>,
        _ reload: Reload,
        example: String,
        _ summary: String
    ) -> ConfigurationEntry {
        ConfigurationEntry(
            name: name,
            summary: summary,
            content: .value(
                Value(
                    reload: reload,
                    schema: form.schema,
                    isBare: form.isBare,
                    example: example,
                    assign: { (scalar, root) throws(ValueMistake) in root[keyPath: path] = try form.read(scalar) },
                    written: { $0[keyPath: path].map(form.write) },
                    differs: { $0[keyPath: path] != $1[keyPath: path] },
                    copy: { $1[keyPath: path] = $0[keyPath: path] }
                )
            )
        )
    }
}
