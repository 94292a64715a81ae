/// SipHash-2-4: a short hash that nobody without the key can make or predict.
package enum KeyedHash {
    package static func of(_ bytes: [UInt8], _ range: Range<Int>, _ key0: UInt64, _ key1: UInt64) -> UInt64 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var state = State(key0, key1)
        let raw = unsafe bytes.span.bytes
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            // Inside `range`, which lies inside the array.
            state.take(unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian)
            index &+= 8
        }
        var last = UInt64(truncatingIfNeeded: range.count) << 56
        var shift: UInt64 = 0
        while index < range.upperBound {
            last |= UInt64(bytes[index]) << shift
            shift &+= 8
            index &+= 1
        }
        state.take(last)
        return state.finished()
    }

    /// Of two numbers.
    package static func of(_ first: UInt64, _ second: UInt64, _ key0: UInt64, _ key1: UInt64) -> UInt64 {
        var state = State(key0, key1)
        state.take(first)
        state.take(second)
        state.take(16 << 56)
        return state.finished()
    }

    private struct State {
        private var v0, v1, v2, v3: UInt64

        @inline(__always)
        init(_ key0: UInt64, _ key1: UInt64) {
            v0 = key0 ^ 0x736F_6D65_7073_6575
            v1 = key1 ^ 0x646F_7261_6E64_6F6D
            v2 = key0 ^ 0x6C79_6765_6E65_7261
            v3 = key1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func finished() -> UInt64 {
            v2 ^= 0xFF
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        @inline(__always)
        private mutating func round() {
            v0 = v0 &+ v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 = v2 &+ v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 = v0 &+ v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 = v2 &+ v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}
