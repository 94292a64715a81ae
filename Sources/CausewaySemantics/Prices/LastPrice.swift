internal import CausewayOTLP

/// What a call was priced by.
///
/// Mostly the next call asks for the same: whether it does is found out by comparing bytes, with nothing made of them.
final class LastPrice {
    /// What was found.
    let outcome: PriceOutcome
    var stated: StatedTariff?
    /// What it asked for, one behind the other: its tenant, who ran the model, the one that answered, the one asked for, the host.
    private let asked: [UInt8]
    /// Where each of them ends.
    private let ends: [Int]

    /// How far what a call asks for has been compared.
    struct Place {
        fileprivate var number = 0
        fileprivate var start = 0
    }

    init(_ asked: [[UInt8]], _ outcome: PriceOutcome) {
        self.outcome = outcome
        self.asked = Array(asked.joined())
        var ends: [Int] = []
        for one in asked { ends.append((ends.last ?? 0) + one.count) }
        self.ends = ends
    }

    /// Whether the next of what it asked for is this.
    @inline(__always)
    func asks(_ bytes: [UInt8], _ range: Range<Int>, _ place: inout Place) -> Bool {
        let (start, end) = (place.start, ends[place.number])
        (place.number, place.start) = (place.number &+ 1, end)
        return end &- start == range.count && ByteScan.isEqual(asked, start, bytes, range.lowerBound, range.count)
    }
}
