/// What Opik adds to other people's spans.
package enum Opik: Dialect {
    package static let name = "opik"

    package static let signs: [Sign] = [.key("opik.")]

    package static let rules: [Rule] = [Rule("thread_id", .conversationID)]
}
