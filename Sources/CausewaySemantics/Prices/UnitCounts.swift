/// How many of each unit a call used; those that are tokens add up to its totals.
package struct UnitCounts: Sendable {
    private var counts = InlineArray<15, Int64>(repeating: 0)
    /// Those of which there are any.
    private(set) var present = PriceUnitSet()

    /// Audio and images of which it is not known how much was cached are taken out of what was not, as far as that goes.
    package init(_ usage: CallUsage) {
        let uncached = usage.input - usage.cacheRead - usage.cacheWrite
        let audioInput = min(usage.audioInput - usage.audioCacheRead, uncached)
        let imageInput = min(usage.imageInput - usage.imageCacheRead, uncached - audioInput)
        set(.input, uncached - audioInput - imageInput)
        set(.audioInput, audioInput)
        set(.imageInput, imageInput)
        set(.cacheRead, usage.cacheRead - usage.audioCacheRead - usage.imageCacheRead)
        set(.audioCacheRead, usage.audioCacheRead)
        set(.imageCacheRead, usage.imageCacheRead)
        set(.cacheWrite, usage.cacheWrite - usage.cacheWriteHour)
        set(.cacheWriteHour, usage.cacheWriteHour)
        let said = usage.output - usage.reasoning
        let audioOutput = min(usage.audioOutput, said)
        let imageOutput = min(usage.imageOutput, said - audioOutput)
        set(.output, said - audioOutput - imageOutput)
        set(.reasoning, usage.reasoning)
        set(.audioOutput, audioOutput)
        set(.imageOutput, imageOutput)
        set(.request, 1)
        set(.second, Int64(clamping: usage.nanoseconds))
        set(.webSearch, usage.webSearches)
    }

    @inline(__always)
    private mutating func set(_ unit: PriceUnit, _ count: Int64) {
        guard count > 0 else { return }
        counts[Int(unit.rawValue)] = count
        present.insert(unit)
    }

    /// Of seconds, how many nanoseconds.
    subscript(unit: PriceUnit) -> Int64 { counts[Int(unit.rawValue)] }
}

/// Some of the units.
struct PriceUnitSet: Hashable, Sendable {
    private var bits: UInt16 = 0

    mutating func insert(_ unit: PriceUnit) { bits |= 1 << UInt16(unit.rawValue) }

    func contains(_ unit: PriceUnit) -> Bool { bits & 1 << UInt16(unit.rawValue) != 0 }

    /// Anything that is part of the input.
    var hasInput: Bool { bits & Self.inputs.bits != 0 }

    /// Anything that is part of the output.
    var hasOutput: Bool { bits & Self.outputs.bits != 0 }

    private init(_ units: [PriceUnit]) { for unit in units { insert(unit) } }

    init() {}

    private static let inputs = PriceUnitSet([
        .input, .audioInput, .imageInput, .cacheRead, .audioCacheRead, .imageCacheRead, .cacheWrite, .cacheWriteHour,
    ])
    private static let outputs = PriceUnitSet([.output, .reasoning, .audioOutput, .imageOutput])
}
