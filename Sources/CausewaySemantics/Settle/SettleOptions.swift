/// With what patience and how much memory traces are settled.
package struct SettleOptions: Equatable, Sendable {
    /// How long a trace has to be quiet after its root ended.
    package var quietNanoseconds: UInt64 = 2_000_000_000
    /// How long anything waits at most.
    package var maxNanoseconds: UInt64 = 10_000_000_000
    /// How long a trace without a root is kept.
    package var abandonNanoseconds: UInt64 = 900_000_000_000
    /// How long a trace is kept that is settled and has its root, for spans that come late or again.
    package var keepNanoseconds: UInt64 = 120_000_000_000
    /// The most that may be known at once, in bytes.
    package var memoryBytes = 16 << 20
    /// As often has the same call to be made with the same arguments to be a loop.
    package var loopCalls = 5
    /// What is looked for among attributes for sampling; nil where nobody samples.
    package var sampled: [SampleAttribute]?

    package init() {}
}
