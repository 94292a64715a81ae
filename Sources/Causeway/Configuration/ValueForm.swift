internal import CausewayModel
internal import CausewaySemantics
internal import CausewaySpool

/// What is wrong with a value, and what to write instead.
struct ValueMistake: Error, Equatable {
    var problem: String
    var remedy: String

    init(_ problem: String, _ remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}

/// How values of one type are read from configuration, written back, and described to an editor.
struct ValueForm<Value: Equatable & Sendable>: Sendable {
    let read: @Sendable (ConfigurationNode.Scalar) throws(ValueMistake) -> Value
    let write: @Sendable (Value) -> String
    /// JSON Schema of the value as YAML has it.
    let schema: JSONValue
    /// Whether a written value must stand unquoted to be read again.
    var isBare = false
}

extension ValueForm where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard let duration = Duration(text: scalar.text) else {
                    throw ValueMistake("\(shown(scalar.text)) is not a duration", "write a number and a unit, like 10s or 200ms")
                }
                guard range.contains(duration) else {
                    throw ValueMistake(
                        "\(shown(scalar.text)) is out of range",
                        "write a duration from \(range.lowerBound.text) to \(range.upperBound.text)"
                    )
                }
                return duration
            },
            write: \.text,
            schema: .text(pattern: #"0|([0-9.]+(ns|us|ms|s|m|h|d))+"#)
        )
    }
}

extension ValueForm where Value == Int {
    static func bytes(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard let count = ByteCount(scalar.text) else {
                    throw ValueMistake("\(shown(scalar.text)) is not a size", "write a number and a unit, like 8MiB or 4GiB")
                }
                guard range.contains(count.bytes) else {
                    throw ValueMistake(
                        "\(shown(scalar.text)) is out of range",
                        "write a size from \(ByteCount(range.lowerBound)) to \(ByteCount(range.upperBound))"
                    )
                }
                return count.bytes
            },
            write: { ByteCount($0).description },
            schema: .members([
                (
                    "anyOf",
                    .array([
                        .members([("type", .string("integer")), ("minimum", .integer(0))]),
                        .text(pattern: #"[0-9.]+ ?([KkMmGgTt][Ii]?)?[Bb]?"#),
                    ])
                )
            ])
        )
    }

    static func integer(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard !scalar.isQuoted, let number = Int(scalar.text), range.contains(number) else {
                    throw ValueMistake(
                        "\(shown(scalar.text)) is not a number from \(range.lowerBound) to \(range.upperBound)",
                        "write it as digits, without quotes"
                    )
                }
                return number
            },
            write: { String($0) },
            schema: .members([
                (
                    "anyOf",
                    .array([
                        .members([
                            ("type", .string("integer")), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound)),
                        ]),
                        .substitution,
                    ])
                )
            ]),
            isBare: true
        )
    }
}

extension ValueForm where Value == Bool {
    static var bool: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                switch scalar.text {
                case "true": return true
                case "false": return false
                default: throw ValueMistake("\(shown(scalar.text)) is neither true nor false", "write one of them")
                }
            },
            write: { $0 ? "true" : "false" },
            schema: .members([("anyOf", .array([.members([("type", .string("boolean"))]), .substitution]))]),
            isBare: true
        )
    }
}

extension ValueForm where Value == Configuration.Destination.Proxy {
    /// `none`, or a proxy's URL; what stands before its `@` is never shown.
    static var proxy: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                if scalar.text == "none" { return Configuration.Destination.Proxy(url: Secret("")) }
                let schemes = ["http://", "https://", "socks5://", "socks5h://"]
                let isPlain = scalar.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
                guard isPlain, let scheme = schemes.first(where: { scalar.text.hasPrefix($0) }), scalar.text != scheme else {
                    // Not quoted: it may hold a password.
                    throw ValueMistake("not a proxy's address", "write http://HOST:PORT (or https, socks5, socks5h), or none")
                }
                return Configuration.Destination.Proxy(url: Secret(scalar.text))
            },
            write: { proxy in
                let url = proxy.url.revealed()
                guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://") else { return url.isEmpty ? "none" : url }
                return "\(url[..<scheme.upperBound])\(Secret.mask)\(url[at...])"
            },
            schema: .text(pattern: #"none|(https?|socks5h?)://.*"#)
        )
    }
}

extension ValueForm where Value == String {
    /// Any text that may go into a header. A number is one, too.
    static var text: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard !scalar.text.isEmpty else { throw ValueMistake("empty", "write a text, or leave the key out") }
                guard scalar.text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                    throw ValueMistake("a line break or control character in it", "remove it")
                }
                return scalar.text
            },
            write: { $0 },
            schema: .members([("type", .array([.string("string"), .string("number")]))])
        )
    }

    /// A path of this machine's file system, relative to the working directory.
    static var path: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard !scalar.text.isEmpty else { throw ValueMistake("empty", "write a path") }
                guard !scalar.text.utf8.contains(0) else { throw ValueMistake("a NUL in a path", "write the path without it") }
                return scalar.text
            },
            write: { $0 },
            schema: .members([("type", .string("string")), ("minLength", .integer(1))])
        )
    }
}

extension ValueForm where Value == String {
    /// A name that somebody else gave to something.
    static var name: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard !scalar.text.isEmpty, scalar.text.utf8.count <= 512 else { throw ValueMistake("no name", "write 1 to 512 bytes") }
                guard scalar.text.unicodeScalars.allSatisfy({ LogText.isHarmless($0) }) else {
                    throw ValueMistake("a control character in a name", "write it without")
                }
                return scalar.text
            },
            write: { $0 },
            schema: .members([("type", .string("string")), ("minLength", .integer(1))])
        )
    }

    /// Dollars, as a decimal number.
    static var price: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                do throws(Dollars.Mistake) {
                    _ = try Dollars(scalar.text)
                } catch {
                    throw ValueMistake("\(shown(scalar.text)) is no price: \(error.rawValue)", "write dollars as a number, like 2.5")
                }
                return scalar.text
            },
            write: { $0 },
            schema: .members([
                (
                    "anyOf",
                    .array([
                        .members([("type", .string("number")), ("minimum", .integer(0))]), .text(pattern: #"[0-9.]+([eE][-+]?[0-9]+)?"#),
                    ])
                )
            ]),
            isBare: true
        )
    }

    /// A part of a hundred.
    static var percent: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                let number = scalar.text.hasSuffix("%") ? try? Dollars(String(scalar.text.dropLast())) : nil
                guard let number, number.atto <= 100_000_000_000_000_000_000 else {
                    throw ValueMistake("\(shown(scalar.text)) is no share", "write a number from 0% to 100%, like 15%")
                }
                return scalar.text
            },
            write: { $0 },
            schema: .text(pattern: #"[0-9.]+%"#)
        )
    }
}

extension ValueForm where Value == Secret {
    /// One key of 32 bytes.
    static var key: ValueForm {
        secret { (text) throws(ValueMistake) in
            if SpoolKey(text: [UInt8](text.utf8)) == nil { throw ValueMistake("not a key", SpoolKey.remedy) }
        }
    }

    /// Some of them.
    static var keys: ValueForm {
        secret { (text) throws(ValueMistake) in
            for (index, word) in Configuration.Spool.Encryption.words(in: text).enumerated()
            where SpoolKey(text: [UInt8](word.utf8)) == nil {
                throw ValueMistake("number \(index + 1) is not a key", SpoolKey.remedy)
            }
        }
    }

    /// A text that is not shown again, also not where it is wrong.
    private static func secret(_ check: @escaping @Sendable (String) throws(ValueMistake) -> Void) -> ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                try check(scalar.text)
                return Secret(scalar.text)
            },
            write: { _ in Secret.mask },
            schema: .members([("type", .string("string")), ("minLength", .integer(1))])
        )
    }
}

extension ValueForm where Value == ListenAddress {
    static var address: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                guard let address = ListenAddress(text: scalar.text) else {
                    throw ValueMistake("\(shown(scalar.text)) is not an address", "write HOST:PORT, like 127.0.0.1:4318 or [::1]:4318")
                }
                return address
            },
            write: \.description,
            schema: .text(pattern: #".*:[0-9]{1,5}"#)
        )
    }
}

extension ValueForm where Value == EndpointURL {
    static var url: ValueForm {
        ValueForm(
            read: { (scalar) throws(ValueMistake) in
                switch EndpointURL.parse(scalar.text) {
                case .success(let url): return url
                case .failure(.scheme): throw ValueMistake("\(shown(scalar.text)) is not an http address", "begin with http:// or https://")
                case .failure(.credentials):
                    throw ValueMistake("a name or password in the address", "send credentials by headers: { authorization: … }")
                case .failure(.host):
                    throw ValueMistake("\(shown(scalar.text)) has no valid host", "write https://HOST or https://HOST:PORT")
                case .failure(.port): throw ValueMistake("\(shown(scalar.text)) has no valid port", "write a port from 1 to 65535")
                case .failure(.characters):
                    throw ValueMistake("a character that no URL may have", "write it percent-encoded, like %20 for a space")
                case .failure(.fragment): throw ValueMistake("`#` and what follows is never sent", "remove it")
                }
            },
            write: \.description,
            schema: .text(pattern: #"[Hh][Tt][Tt][Pp][Ss]?://.*"#)
        )
    }
}

extension ValueForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words. `later` are words of the design that mean nothing yet.
    static func choice(later: [String] = []) -> ValueForm {
        let words = Value.allCases.map(\.rawValue)
        return ValueForm(
            read: { (scalar) throws(ValueMistake) in
                if let value = Value(rawValue: scalar.text) { return value }
                let offered = words.joined(separator: ", ")
                if later.contains(scalar.text) {
                    throw ValueMistake("\(scalar.text) is not there yet", "this version has: \(offered)")
                }
                if let near = nearest(to: scalar.text, among: words) {
                    throw ValueMistake("\(shown(scalar.text)) is not one of: \(offered)", "did you mean \(near)?")
                }
                throw ValueMistake("\(shown(scalar.text)) is not one of: \(offered)", "write one of them")
            },
            write: \.rawValue,
            schema: .members([("anyOf", .array([.members([("enum", .array(words.map { .string($0) }))]), .substitution]))])
        )
    }
}

extension JSONValue {
    /// A text of a form, or one that stands for something else.
    static func text(pattern: String) -> JSONValue {
        .members([("type", .string("string")), ("pattern", .string("^(\(pattern)|.*\\$\\{.*)$"))])
    }

    /// A text that stands for something else, like `${env:NAME}`.
    static var substitution: JSONValue { .members([("type", .string("string")), ("pattern", .string(#"\$\{"#))]) }
}

/// A value as a message quotes it: short, and without anything that could disturb a terminal.
func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return "\"\(LogText.harmless(String(scalars.prefix(60))))\(scalars.count > 60 ? "…" : "")\""
}
