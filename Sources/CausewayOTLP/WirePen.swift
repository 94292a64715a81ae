/// Writes into memory that was asked for beforehand: one question about room for a whole field, and not one for each of its parts.
@safe
struct WirePen: ~Copyable {
    private let start: UnsafeMutablePointer<UInt8>
    private let room: Int
    private(set) var count = 0

    /// `buffer` stays where it is for as long as this is used.
    @inline(__always)
    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        guard let start = buffer.baseAddress else { preconditionFailure("there is room for something") }
        unsafe self.start = start
        room = buffer.count
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        precondition(count < room)
        unsafe start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    /// Eight bytes, the lowest first.
    @inline(__always)
    mutating func fixed(_ value: UInt64) {
        precondition(room &- count >= 8)
        unsafe UnsafeMutableRawPointer(start + count).storeBytes(of: value.littleEndian, as: UInt64.self)
        count &+= 8
    }

    /// The bytes at `range`.
    @inline(__always)
    mutating func copy(_ range: Range<Int>, of source: Span<UInt8>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= source.count && range.count <= room &- count)
        unsafe source.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress else { return }
            unsafe (start + count).update(from: from + range.lowerBound, count: range.count)
        }
        count &+= range.count
    }

    /// What stands in front of `count` bytes of contents.
    @inline(__always)
    mutating func header(_ number: Int, _ count: Int) {
        varint(UInt64(truncatingIfNeeded: number << 3 | 2))
        varint(UInt64(truncatingIfNeeded: count))
    }
}
