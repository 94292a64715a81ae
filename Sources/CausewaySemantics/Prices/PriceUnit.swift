internal import CausewayOTLP

/// What a price is for.
package enum PriceUnit: UInt8, CaseIterable, Sendable {
    // Tokens. Each is a part of its own: none of them is in another one.
    case input, output
    case cacheRead, cacheWrite, cacheWriteHour
    case reasoning
    case audioInput, audioOutput, imageInput, imageOutput, audioCacheRead, imageCacheRead
    // What is not tokens.
    case request, second, webSearch

    /// All of them, made once.
    static let all = Array(allCases)

    /// Whose price holds where it has none of its own: as whoever publishes no price for it bills it.
    package var standsIn: PriceUnit? {
        switch self {
        case .cacheRead, .cacheWrite, .audioInput, .imageInput: .input
        case .cacheWriteHour: .cacheWrite
        case .audioCacheRead, .imageCacheRead: .cacheRead
        case .reasoning, .audioOutput, .imageOutput: .output
        case .input, .output, .request, .second, .webSearch: nil
        }
    }

    /// As people write it.
    package var name: String {
        switch self {
        case .input: "input"
        case .output: "output"
        case .cacheRead: "cache_read"
        case .cacheWrite: "cache_write"
        case .cacheWriteHour: "cache_write_1h"
        case .reasoning: "reasoning"
        case .audioInput: "audio_input"
        case .audioOutput: "audio_output"
        case .imageInput: "image_input"
        case .imageOutput: "image_output"
        case .audioCacheRead: "audio_cache_read"
        case .imageCacheRead: "image_cache_read"
        case .request: "request"
        case .second: "second"
        case .webSearch: "web_search"
        }
    }

    var isToken: Bool { rawValue < PriceUnit.request.rawValue }

    /// Which part of the bill it belongs to.
    package var part: BillPart {
        switch self {
        case .input, .audioInput, .imageInput: .input
        case .output, .audioOutput, .imageOutput: .output
        case .cacheRead, .audioCacheRead, .imageCacheRead: .cacheRead
        case .cacheWrite, .cacheWriteHour: .cacheWrite
        case .reasoning: .reasoning
        case .webSearch: .tool
        case .request, .second: .call
        }
    }
}

/// What a bill is told apart by on a span.
package enum BillPart: Int, CaseIterable, Sendable {
    case input, output, cacheRead, cacheWrite, reasoning, tool
    /// Of the call as a whole: only in the total.
    case call
}

/// How fast, or how patiently, a provider was asked to answer.
package enum ServiceTier: UInt8, CaseIterable, Sendable {
    case standard, batch, flex, priority, fast, ultrafast, balanced

    /// What providers call it; names of the ordinary one and names that nobody knows are the ordinary one.
    package init(_ name: String) {
        switch name.lowercased() {
        case "batch", "batches": self = .batch
        case "flex": self = .flex
        case "priority": self = .priority
        case "fast": self = .fast
        case "ultrafast": self = .ultrafast
        case "balanced": self = .balanced
        default: self = .standard
        }
    }

    /// The same of text in a payload.
    init(_ payload: [UInt8], _ range: Range<Int>) {
        // What nearly everybody says needs no text made of it.
        if payload.holds(Self.usual, at: range) || range.count > 32 { self = .standard } else { self.init(payload.text(range)) }
    }

    private static let usual = Array("default".utf8)

    package var name: String { String(describing: self) }

    /// Whose price holds where this one has none.
    var next: ServiceTier? {
        switch self {
        case .standard: nil
        case .fast: .priority
        case .batch, .flex, .priority, .ultrafast, .balanced: .standard
        }
    }
}
