package import CausewaySpool

/// A destination as handed to the exporter: its settings, what it reads, and its way through the log.
package struct Destination {
    package var settings: DestinationSettings
    package var plan: PayloadPlan
    /// Called once, on the caller's thread, when the name is new to the exporter. The reader is then used on the exporter's thread only.
    package var openReader: () throws(SpoolError) -> any FrameReader

    package init(
        settings: DestinationSettings,
        plan: PayloadPlan,
        openReader: @escaping () throws(SpoolError) -> any FrameReader
    ) {
        self.settings = settings
        self.plan = plan
        self.openReader = openReader
    }
}
