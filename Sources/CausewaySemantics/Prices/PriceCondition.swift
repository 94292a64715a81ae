/// When a sheet of prices holds.
struct PriceCondition: Hashable, Sendable {
    /// From this moment on, in seconds since 1970.
    var since: Int64?
    /// At these times of the day; any of them is enough. None: always.
    var windows: [Window] = []
    /// What is added to the time before the day of the week is looked at, in seconds.
    var weekdayOffset: Int64 = 0
    /// More tokens of input than the first, at most the second.
    var tokens: TokenRange?
    /// Of this tier only.
    var tier: ServiceTier?

    struct TokenRange: Hashable, Sendable {
        var above: Int64
        var upTo: Int64
    }

    /// A time of the day in UTC, in seconds; it may go past midnight, and is the whole day if both are the same.
    struct Window: Hashable, Sendable {
        var start: Int32
        var end: Int32
        /// A bit for each day, Monday the lowest; all seven by default.
        var weekdays: UInt8 = 0x7F
    }

    /// Whether it has to do with the time.
    var isTimed: Bool { since != nil || !windows.isEmpty }

    func holds(seconds: Int64, input: Int64, tier given: ServiceTier) -> Bool {
        if let tier, tier != given { return false }
        if let tokens, input <= tokens.above || input > tokens.upTo { return false }
        if let since, seconds < since { return false }
        guard !windows.isEmpty else { return true }
        let second = Int32(truncatingIfNeeded: Self.modulo(seconds, 86_400))
        // The first of January 1970 was a Thursday.
        let weekday = Self.modulo((seconds + weekdayOffset - Self.modulo(seconds + weekdayOffset, 86_400)) / 86_400 + 3, 7)
        return windows.contains { window in
            guard window.weekdays & 1 << UInt8(weekday) != 0 else { return false }
            if window.start < window.end { return window.start <= second && second < window.end }
            return second >= window.start || second < window.end
        }
    }

    /// A time with this moment in it through which the clock changes nothing about whether it holds.
    func unchanged(around seconds: Int64) -> ClosedRange<Int64> {
        var (first, last) = (Int64.min, Int64.max)
        if let since { if seconds >= since { first = since } else { last = since - 1 } }
        guard !windows.isEmpty else { return first...last }
        let midnight = seconds - Self.modulo(seconds, 86_400)
        // Where a window begins or ends, and where a day of the week does.
        var times: [Int64] = [0, Self.modulo(-weekdayOffset, 86_400), 86_400]
        for window in windows { times += [Int64(window.start), Int64(window.end)] }
        for time in times where time >= 0 && time <= 86_400 {
            let moment = midnight + time
            if moment <= seconds { first = max(first, moment) } else { last = min(last, moment - 1) }
        }
        return first...last
    }

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// What a price is multiplied by, by where and how fast a call was answered; in millionths, 0 for what makes no difference.
struct PriceFactors: Hashable, Sendable {
    /// The call was answered in the European Union, or in the United States, because it had to be.
    var europe: Int64 = 0
    var unitedStates: Int64 = 0
    /// It was answered at any place that was named.
    var regional: Int64 = 0
    var fast: Int64 = 0

    var isNone: Bool { self == PriceFactors() }

    static let one: Int64 = 1_000_000

    /// The factor and the word for it; nil where there is none.
    func factor(region: String, tier: ServiceTier) -> (millionths: Int64, name: String)? {
        var (millionths, name) = (Self.one, "")
        let area = PriceRegion.area(region)
        if area == .europe, europe > 0 { (millionths, name) = (europe, "region=eu") }
        if area == .unitedStates, unitedStates > 0 { (millionths, name) = (unitedStates, "region=us") }
        if name.isEmpty, regional > 0, !region.isEmpty, region != "global" { (millionths, name) = (regional, "region=\(region)") }
        if tier == .fast, fast > 0 { (millionths, name) = (millionths * fast / Self.one, name.isEmpty ? "fast" : name + "+fast") }
        return name.isEmpty ? nil : (millionths, name)
    }
}

/// Where calls are answered, as far as the price depends on it.
enum PriceRegion {
    enum Area { case europe, unitedStates, other }

    static func area(_ region: String) -> Area {
        if region == "eu" || region.hasPrefix("eu-") || region.hasPrefix("europe-") { return .europe }
        if region == "us" || region.hasPrefix("us-") { return .unitedStates }
        return .other
    }

    /// What the name of the host that answered says; empty if it says nothing.
    static func named(in host: String) -> String {
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if host.hasSuffix(".api.openai.com"), let first = labels.first { return first }
        if host.hasSuffix(".amazonaws.com"), labels.count >= 4 { return labels[labels.count - 3] }
        if let first = labels.first, first.hasSuffix("-aiplatform"), host.hasSuffix(".googleapis.com") {
            return String(first.dropLast("-aiplatform".count))
        }
        if host == "aiplatform.googleapis.com" { return "global" }
        return ""
    }
}
