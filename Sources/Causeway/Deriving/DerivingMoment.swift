/// Now, on both clocks.
struct DerivingMoment: Sendable {
    var bootNanoseconds: UInt64
    var wallNanoseconds: UInt64
    /// Nothing more is received: what is open is to be brought to its end. Asked until everybody pauses.
    var isDraining = false
}

/// What a deriver waits for.
enum DerivingPause: Equatable, Sendable {
    /// There is more to do at once.
    case none
    /// For that time on the boot-time clock, or something appended.
    case until(UInt64)
    /// For something appended.
    case untilAppended
}
