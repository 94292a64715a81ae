internal import CausewaySemantics

extension Wording {
    /// The words in which a destination reads.
    init(_ destination: Configuration.Destination) {
        self.init(
            dialect: RenderedDialect(rawValue: destination.dialect.rawValue),
            omitted: destination.omittedAttributes,
            copied: destination.copiedAttributes.map { (from: $0.name, to: $0.value.revealed()) },
            countsOnce: destination.profile.backend?.addsUp == true
        )
    }
}
