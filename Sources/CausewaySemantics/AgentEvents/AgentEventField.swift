/// One member of a line of agent events: what may stand there, and what it becomes.
///
/// These descriptions are the only ones there are: the decoder follows them, and `causeway schema` prints them.
package struct AgentEventField: Sendable {
    package let name: String
    package let form: Form
    let target: Target
    package let summary: String
    /// As JSON.
    package let example: String

    package indirect enum Form: Sendable {
        /// A string or a number, kept as text.
        case text
        /// One of a closed list.
        case word([String])
        /// A trace's or a span's id.
        case id
        case time
        /// A whole number, 0 or more.
        case count
        case integer
        case number
        /// A number, 0 or more.
        case amount
        /// Milliseconds, at most `longestDuration`.
        case duration
        case flag
        /// A list of strings, or one of them.
        case texts
        /// Anything.
        case content
        /// A list of anything.
        case list
        /// Names of the sender's own.
        case map
        /// Known members; `short` is the one that is meant by a value that is no object. With `isOpen` others may stand there too.
        case object([AgentEventField], short: String?, isOpen: Bool)
        case listOfObjects([AgentEventField])
    }

    /// In milliseconds: nearly four months.
    static let longestDuration: Int64 = 10_000_000_000

    /// What becomes of a value.
    enum Target: Sendable {
        case attribute(String)
        /// Milliseconds that become seconds.
        case seconds(String)
        case resource(String)
        /// Attributes with this beginning, one for each member.
        case prefix(String)
        /// As an attribute, and the last word of the span's name.
        case subject(String)
        /// Who and what for, which holds for the whole trace when it stands on the request.
        case identity(String)
        /// Only its members count.
        case members
        case role(Role)
    }

    /// What the decoder has to do more about than to write an attribute.
    enum Role: Sendable {
        case type, traceID, id, parentID, links, linkTo, linkKind, linkTraceID, name, start, end, time, duration, phase, status
        case attributes, resource, tenant, service, agentName
        case input, output, inputMessages, outputMessages, system, tools
        case operation, stepType, state, parameters, otherParameter
        case endpoint, auth, cost, usage
        case failureCategory, failureCode, failureMessage, failureType
        case body, severity, eventName
    }

    init(_ name: String, _ form: Form, _ target: Target, _ summary: String, _ example: String) {
        self.name = name
        self.form = form
        self.target = target
        self.summary = summary
        self.example = example
    }

    init(_ name: String, _ form: Form, _ role: Role, _ summary: String, _ example: String) {
        self.init(name, form, .role(role), summary, example)
    }

    init(_ name: String, _ form: Form, _ key: String, _ summary: String, _ example: String) {
        self.init(name, form, .attribute(key), summary, example)
    }
}
