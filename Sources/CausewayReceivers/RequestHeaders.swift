internal import NIOHTTP1

/// The headers of a received request; names compare without regard to case.
package struct RequestHeaders: Sendable {
    private let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }

    package init(_ fields: [(String, String)] = []) { self.fields = HTTPHeaders(fields) }

    /// The first value under a name.
    package func first(_ name: String) -> String? { fields.first(name: name) }

    /// Every value under a name, lists taken apart at their commas.
    package func all(_ name: String) -> [String] { fields[canonicalForm: name].map(String.init) }
}
