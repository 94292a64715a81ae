package import CausewayPlatform
package import CausewaySpool

/// What a destination needs to know about telemetry, handed in by who knows it: how stored frames become a request, and what its answer
/// says.
package struct PayloadPlan: Sendable {
    package var contentType: String
    /// The most frames, or parts of frames, that one request is made of.
    package var maxParts = Int.max
    /// Makes one request of parts that share signal and tenant, in their order.
    package var render: @Sendable ([Part]) -> Rendered
    /// The same of a single item with its content cut until the request has at most so many bytes; nil where there is nothing to cut.
    package var reduce: @Sendable (Part, _ bytes: Int) -> Rendered?
    /// The stored bytes of some of a stored payload's items, for keeping them apart.
    package var slice: @Sendable (_ payload: [UInt8], _ signal: UInt8, _ items: Range<Int>) -> [UInt8]
    /// Reads the body of a 2xx answer to a request of a signal; nil when it says nothing special, or nothing that can be understood.
    package var partialSuccess: @Sendable (_ body: [UInt8], _ contentType: String, _ signal: UInt8) -> PartialSuccess?
    /// The destination's own words in the body of an error.
    package var describe: @Sendable (_ body: [UInt8], _ contentType: String) -> String?

    package init(
        contentType: String,
        render: @escaping @Sendable ([Part]) -> Rendered,
        reduce: @escaping @Sendable (Part, _ bytes: Int) -> Rendered? = { _, _ in nil },
        slice: @escaping @Sendable (_ payload: [UInt8], _ signal: UInt8, _ items: Range<Int>) -> [UInt8],
        partialSuccess: @escaping @Sendable (_ body: [UInt8], _ contentType: String, _ signal: UInt8) -> PartialSuccess?,
        describe: @escaping @Sendable (_ body: [UInt8], _ contentType: String) -> String? = { body, _ in PlainWords.found(in: body) }
    ) {
        self.contentType = contentType
        self.render = render
        self.reduce = reduce
        self.slice = slice
        self.partialSuccess = partialSuccess
        self.describe = describe
    }

    /// The plan for a destination that reads what is stored: serialized requests of one signal, one behind the other, are a request.
    ///
    /// `slice` makes a payload of some of a stored payload's items.
    package static func joining(
        contentType: String,
        slice: @escaping @Sendable (_ payload: [UInt8], _ signal: UInt8, _ items: Range<Int>) -> [UInt8],
        partialSuccess: @escaping @Sendable (_ body: [UInt8], _ contentType: String, _ signal: UInt8) -> PartialSuccess?,
        describe: @escaping @Sendable (_ body: [UInt8], _ contentType: String) -> String? = { body, _ in PlainWords.found(in: body) }
    ) -> PayloadPlan {
        PayloadPlan(
            contentType: contentType,
            render: { parts in
                Rendered(pieces: parts.map { $0.isWholeFrame ? $0.frame.payload : slice($0.frame.payload, $0.frame.signal, $0.items) })
            },
            slice: slice,
            partialSuccess: partialSuccess,
            describe: describe
        )
    }
}

/// A payload ready to be sent.
package struct Rendered: Sendable {
    /// Its bytes, in pieces to be sent one after the other. Without any byte nothing is sent.
    package var pieces: [[UInt8]]
    /// Items of the parts that are not in it, by the rule that left them out.
    package var filtered: [String: [ItemRange]]
    /// Items of the parts that are not in it because they are part of other items.
    package var folded: [ItemRange]
    /// What the request says about its body, beside its type and packing.
    package var headers: [HTTPHeader]

    package init(
        pieces: [[UInt8]],
        filtered: [String: [ItemRange]] = [:],
        folded: [ItemRange] = [],
        headers: [HTTPHeader] = []
    ) {
        self.pieces = pieces
        self.filtered = filtered
        self.folded = folded
        self.headers = headers
    }

    var bytes: Int { pieces.reduce(0) { $0 + $1.count } }

    /// Items that are not in it.
    package var leftOut: [ItemRange] { filtered.values.joined() + folded }
}

/// An answer that took the request and had something to say about it.
package struct PartialSuccess: Equatable, Sendable {
    /// Items refused for good; 0 for a mere warning.
    package var rejected: Int
    package var message: String

    package init(rejected: Int, message: String) {
        self.rejected = rejected
        self.message = message
    }
}
