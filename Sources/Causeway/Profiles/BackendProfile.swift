internal import CausewayModel

/// What the bridge knows about one kind of backend, as its file in `profiles/` says it.
struct BackendProfile: Sendable {
    let name: String
    /// What people call it.
    let title: String
    /// An address to begin with.
    let endpoint: String
    /// What comes between a user's address and a signal's path.
    let base: String
    /// What has to be known to get in, with where to find it.
    let credentials: [(name: String, place: String)]
    /// Which of these cannot be left out; `project` may be among them.
    let requires: [String]
    let headers: [(name: String, form: String)]
    /// Attributes that resources get.
    let resource: [(key: String, form: String)]
    /// It adds up tokens wherever they stand.
    let addsUp: Bool
    /// Keys of a destination with the values that suit the backend.
    let settings: [ConfigurationNode.Member]
    /// Against which version it was tried.
    let tested: String?
    let shows: [String]
    let lacks: [String]

    /// The profile of this name; nil for those that know nothing about a backend.
    static func named(_ name: String) -> BackendProfile? { all[name] }

    static let names = texts.keys.sorted()

    private static let all: [String: BackendProfile] = Dictionary(
        uniqueKeysWithValues: texts.map { ($0.key, BackendProfile($0.key, $0.value)) }
    )

    /// A mistake in a file is one of ours, and a test reads them all.
    private init(_ name: String, _ file: String) {
        guard case .success(let root) = YAMLReader.read(Array(file.utf8), name: "profiles/\(name).yaml"),
            case .mapping(let members) = root.content
        else { preconditionFailure("profiles/\(name).yaml cannot be read") }
        func node(_ name: String) -> ConfigurationNode? { members.first { $0.name == name }?.value }
        func text(_ name: String) -> String? { node(name)?.text }
        func pairs(_ name: String) -> [(String, String)] {
            guard case .mapping(let members)? = node(name)?.content else { return [] }
            return members.map { ($0.name, $0.value.text ?? "") }
        }
        func list(_ name: String) -> [String] {
            guard case .list(let nodes)? = node(name)?.content else { return [] }
            return nodes.compactMap(\.text)
        }
        self.name = name
        title = text("title") ?? name
        endpoint = text("endpoint") ?? ""
        base = text("base") ?? ""
        credentials = pairs("credentials").map { (name: $0.0, place: $0.1) }
        requires = list("requires")
        headers = pairs("headers").map { (name: $0.0, form: $0.1) }
        resource = pairs("resource").map { (key: $0.0, form: $0.1) }
        if case .mapping(let members)? = node("settings")?.content { settings = members } else { settings = [] }
        addsUp = text("adds_up") == "true"
        tested = text("tested")
        shows = list("shows")
        lacks = list("lacks")
    }

    /// The address of a signal: the user's, the base unless it is there already, the signal's path.
    func url(_ endpoint: EndpointURL, for signal: Signal) -> EndpointURL {
        let path = endpoint.path.hasSuffix("/") ? String(endpoint.path.dropLast()) : endpoint.path
        return base.isEmpty || path.hasSuffix(base) ? endpoint.appending(signal.path) : endpoint.appending(base + signal.path)
    }

    /// The headers of requests for a project; those are left out of which a part was not given.
    func headers(credentials: [String: String], project: String?) -> [(name: String, value: String)] {
        headers.compactMap { header in HeaderForm(header.form).text(credentials, project).map { (name: header.name, value: $0) } }
    }

    /// The signals that it takes; nil for all.
    var takenSignals: [String]? {
        guard case .list(let nodes)? = settings.first(where: { $0.name == "signals" })?.value.content else { return nil }
        return nodes.compactMap(\.text)
    }

    /// Whether a header depends on whose telemetry a request holds.
    var hasProjects: Bool { (headers.map(\.form) + resource.map(\.form)).contains { $0.contains("{project}") } }

    /// The attributes that resources of a project get.
    func resource(credentials: [String: String], project: String?) -> [(key: String, value: String)] {
        resource.compactMap { attribute in HeaderForm(attribute.form).text(credentials, project).map { (key: attribute.key, value: $0) } }
    }
}

extension ConfigurationNode {
    fileprivate var text: String? { if case .scalar(let scalar) = content { scalar.text } else { nil } }
}

/// A header's value with names in braces that stand for what a user gave.
struct HeaderForm {
    private let form: String

    init(_ form: String) { self.form = form }

    /// Nil if something in it was not given.
    func text(_ credentials: [String: String], _ project: String?) -> String? {
        var output = ""
        var rest = form[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            output += rest[..<open]
            let words = rest[rest.index(after: open)..<close].split(separator: " ").map(String.init)
            guard let value = Self.value(words, credentials, project) else { return nil }
            output += value
            rest = rest[rest.index(after: close)...]
        }
        return output + rest
    }

    /// The names that stand in a header's value.
    static func names(in form: String) -> [String] {
        var names: [String] = []
        var rest = form[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names += rest[rest.index(after: open)..<close].split(separator: " ").map(String.init).filter { $0 != "basic" }
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    private static func value(_ words: [String], _ credentials: [String: String], _ project: String?) -> String? {
        switch words.first {
        case "project": return project
        case "basic":
            // RFC 7617: user and password with a colon between them.
            let parts = words.dropFirst().compactMap { credentials[$0] }
            guard parts.count == words.count - 1 else { return nil }
            var text: [UInt8] = []
            Base64.append(Array(parts.joined(separator: ":").utf8)[...], to: &text)
            return String(decoding: text, as: UTF8.self)
        default: return words.first.flatMap { credentials[$0] }
        }
    }
}
