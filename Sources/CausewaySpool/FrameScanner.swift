package import CausewayPlatform

/// Walks the frames of one segment file, reading ahead a window at a time.
///
/// It only moves where it is told to: what a frame means, and what damage means, is its caller's business.
package struct FrameScanner {
    package let file: any DiskFile
    package let logID: UInt64
    /// Where the next header is looked for.
    package var offset: Int
    /// Nothing from here on is read.
    package var end: Int

    private static let windowSize = 256 << 10
    private var window: [UInt8] = []
    private var windowStart = 0

    package init(file: any DiskFile, logID: UInt64, offset: Int = 0, end: Int) {
        self.file = file
        self.logID = logID
        self.offset = offset
        self.end = end
    }

    /// The header at `offset`; nil where the bytes before `end` hold no whole frame.
    package mutating func header() throws(DiskError) -> FrameHeader? {
        guard offset + FrameHeader.size <= end else { return nil }
        try load(FrameHeader.size)
        guard let header = FrameHeader(window, at: offset - windowStart), offset + header.frameLength <= end else { return nil }
        return header
    }

    /// The payload of the frame whose header is at `offset`; nil when its checksum does not hold.
    package mutating func payload(of header: FrameHeader) throws(DiskError) -> [UInt8]? {
        let length = Int(header.payloadLength)
        if FrameHeader.size + length <= Self.windowSize {
            try load(FrameHeader.size + length)
            let start = offset - windowStart
            guard start + FrameHeader.size + length <= window.count,
                header.isIntact(logID: logID, header: window, at: start, payload: window, at: start + FrameHeader.size)
            else { return nil }
            return [UInt8](window[(start + FrameHeader.size)..<(start + FrameHeader.size + length)])
        }
        try load(FrameHeader.size)
        let payload = try file.readAll(length, at: offset + FrameHeader.size)
        guard header.isIntact(logID: logID, header: window, at: offset - windowStart, payload: payload, at: 0) else { return nil }
        return payload
    }

    package mutating func skip(_ header: FrameHeader) { offset += header.frameLength }

    /// Moves to the next frame that can be trusted behind damage at `offset`; false when there is none before `end`.
    ///
    /// A candidate counts only when it is aligned, its checksum holds, and its sequence lies between `last` and `limit` and no further
    /// ahead than the damaged bytes could have held frames: what looks like a frame inside a payload is not taken for one.
    package mutating func resynchronize(after last: UInt64, before limit: UInt64) throws(DiskError) -> Bool {
        let damage = offset
        do throws(DiskError) {
            if try findNext(after: last, before: limit, damage: damage) { return true }
        } catch {
            // The search is begun again as a whole: how far ahead a sequence may be is measured from where the damage begins.
            offset = damage
            throw error
        }
        offset = damage
        return false
    }

    private mutating func findNext(after last: UInt64, before limit: UInt64, damage: Int) throws(DiskError) -> Bool {
        // Where only a payload was hit, the header still says where the next frame begins: exactly one is missing then. Where its length
        // was hit it may lead to any frame, past intact ones.
        if let header = try header() {
            offset += header.frameLength
            if try isTrusted(after: last, before: limit, damage: damage), try self.header()?.sequence == last + 2 { return true }
        }
        offset = damage + 8
        while offset + FrameHeader.size <= end {
            if try isTrusted(after: last, before: limit, damage: damage) { return true }
            offset += 8
        }
        return false
    }

    private mutating func isTrusted(after last: UInt64, before limit: UInt64, damage: Int) throws(DiskError) -> Bool {
        guard let header = try header(), header.kind != .head, header.sequence > last, header.sequence < limit,
            header.sequence - last - 1 <= UInt64((offset - damage) / FrameHeader.size)
        else { return false }
        return try payload(of: header) != nil
    }

    /// Makes at least `count` bytes from `offset` on available in the window, as far as the file has them.
    private mutating func load(_ count: Int) throws(DiskError) {
        if offset >= windowStart && offset + count <= windowStart + window.count { return }
        // Both or neither: after a read that fails, the old bytes must not be taken for those at the new place.
        window = try file.readAll(min(max(count, Self.windowSize), max(end - offset, 0)), at: offset)
        windowStart = offset
    }
}
