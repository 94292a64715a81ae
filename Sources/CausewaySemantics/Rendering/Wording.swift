/// How agents' telemetry is worded for one destination.
package struct Wording: Sendable {
    /// Nil for the words of the log.
    package var dialect: RenderedDialect?
    /// Attributes whose keys begin so are left out.
    package var omitted: [String]
    /// Attributes that go under another key as well.
    package var copied: [(from: String, to: String)]
    /// Tokens stand only on spans that count, because the destination adds up all that it finds.
    package var countsOnce: Bool

    package init(
        dialect: RenderedDialect? = nil,
        omitted: [String] = [],
        copied: [(from: String, to: String)] = [],
        countsOnce: Bool = false
    ) {
        self.dialect = dialect
        self.omitted = omitted
        self.copied = copied
        self.countsOnce = countsOnce
    }

    /// What is stored goes as it is.
    package var isAsStored: Bool { dialect == nil && omitted.isEmpty && copied.isEmpty && !countsOnce }
}
