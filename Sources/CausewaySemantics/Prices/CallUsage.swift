/// What one call used: token counts of which the input includes what was cached, and the output reasoning.
package struct CallUsage: Equatable, Sendable {
    package var input: Int64 = 0
    package var output: Int64 = 0
    package var cacheRead: Int64 = 0
    /// Written for whatever life time.
    package var cacheWrite: Int64 = 0
    /// Of these: written for an hour.
    package var cacheWriteHour: Int64 = 0
    package var reasoning: Int64 = 0
    package var audioInput: Int64 = 0
    package var audioOutput: Int64 = 0
    package var imageInput: Int64 = 0
    package var imageOutput: Int64 = 0
    package var audioCacheRead: Int64 = 0
    package var imageCacheRead: Int64 = 0
    /// Searches that the provider made on the way.
    package var webSearches: Int64 = 0
    /// How long the call took.
    package var nanoseconds: UInt64 = 0

    package init() {}

    package init(input: Int64, output: Int64) {
        self.input = input
        self.output = output
    }

    package var isEmpty: Bool { input == 0 && output == 0 && webSearches == 0 }

    /// More tokens than one call can have.
    package static let limit: Int64 = 1_000_000_000

    /// Which parts cannot be parts of what they are said to be in; nil if they add up.
    package var contradiction: String? {
        if max(input, output) > Self.limit { return "implausible" }
        if min(input, output, cacheRead, cacheWrite, cacheWriteHour, reasoning) < 0 { return "negative" }
        if min(audioInput, audioOutput, imageInput, imageOutput, audioCacheRead, imageCacheRead, webSearches) < 0 { return "negative" }
        if cacheRead > input || cacheWrite > input || cacheRead + cacheWrite > input { return "cached>input" }
        if reasoning > output { return "reasoning>output" }
        if cacheWriteHour > cacheWrite { return "cache_write_1h>cache_write" }
        if audioInput > input || imageInput > input || audioInput + imageInput > input { return "audio+image>input" }
        if audioOutput > output || imageOutput > output || audioOutput + imageOutput > output { return "audio+image>output" }
        if audioCacheRead > min(audioInput, cacheRead) || imageCacheRead > min(imageInput, cacheRead) { return "modality.cached>cached" }
        if audioCacheRead + imageCacheRead > cacheRead { return "modality.cached>cached" }
        return nil
    }
}
