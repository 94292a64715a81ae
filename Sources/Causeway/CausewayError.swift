/// Why the library could not do what it was asked.
///
/// One struct for everything, so that a reason more does not break anyone who catches it.
public struct CausewayError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for programs.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable word.
        public let description: String

        /// The configuration is wrong.
        public static let configuration = Code(description: "configuration")
        /// What was handed in is wrong.
        public static let input = Code(description: "input")
        /// A disk, a network or another machine did not do its part.
        public static let unavailable = Code(description: "unavailable")
    }

    /// What kind of failure it is.
    public var code: Code
    /// What, where, what to do; one line.
    public var message: String
    /// What led to it, if something did.
    public var underlying: (any Error)?

    /// A failure with its reason.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The message.
    public var description: String { message }
}
