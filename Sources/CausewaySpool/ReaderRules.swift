/// What the log may ask of a reader when there is no room.
package struct ReaderRules: Equatable, Sendable {
    /// It is to get everything: its cursor is never moved over what it has not had.
    package var isRequired: Bool
    /// Above this many bytes behind the newest frame it gives way, if another destination has had what it has not; nil: half of the spool.
    package var maxBacklog: Int?

    package init(isRequired: Bool = false, maxBacklog: Int? = nil) {
        self.isRequired = isRequired
        self.maxBacklog = maxBacklog
    }
}
