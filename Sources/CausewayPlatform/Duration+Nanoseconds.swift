extension Duration {
    /// The whole duration in nanoseconds, cut off at what `Int64` holds (292 years).
    package var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    /// Milliseconds, rounded up: who sleeps this long does not wake too early and turn in circles.
    package var inMillisecondsRoundedUp: Int64 {
        let nanoseconds = inNanoseconds
        return nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
    }
}
