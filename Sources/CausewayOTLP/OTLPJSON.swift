/// OTLP/JSON: the JSON encoding of OTLP's messages, to and from protobuf (OTLP specification, JSON Protobuf Encoding).
///
/// A transcoder, not a model: one schema drives both directions, and no object is built for a span. What is lost on the
/// way from protobuf to JSON is what JSON cannot say: fields we do not know, the bits inside a NaN, bytes that are not UTF-8.
package enum OTLPJSON {
    /// Messages inside messages, the request being the first. protobuf's own decoders stop at 100.
    static let depthLimit = 100

    /// A request taken out of its JSON form.
    package struct Decoded: Equatable, Sendable {
        /// The same request in protobuf.
        package let payload: [UInt8]
        /// Strings that were not UTF-8, or held half a surrogate pair, and now have U+FFFD there.
        package let repairedStrings: Int
    }
}

/// Why a request has no form in the other encoding: which field, and what it should have been.
package struct OTLPJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From the request down, as `resourceSpans[0].scopeSpans[0].spans[3].startTimeUnixNano`; empty for the request itself.
    package let path: String
    /// In English, with the place in the body. Never quotes the body.
    package let reason: String

    init(_ reason: String, path: String = "") {
        self.reason = reason
        self.path = path
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    /// The same error seen from the message around it.
    func inside(_ field: String) -> OTLPJSONError {
        OTLPJSONError(reason, path: path.isEmpty || path.hasPrefix("[") ? field + path : "\(field).\(path)")
    }

    /// The same error seen from the array around it.
    func inside(_ index: Int) -> OTLPJSONError { inside("[\(index)]") }
}
