internal import CausewayPlatform
package import CausewaySpool

extension Spool {
    /// A spool on a disk of its own, or on one that an earlier spool left.
    package static func onMemory(
        _ disk: MemoryDisk,
        options: SpoolOptions = SpoolOptions(),
        clock: TestClock = TestClock()
    ) throws(SpoolError) -> Spool {
        var options = options
        options.cursorInterval = .milliseconds(1)
        return try Spool(directory: "/data", options: options, disk: disk, clock: clock) {}
    }
}

extension FrameDraft {
    /// A frame of `items` items whose payload says which it is.
    package static func sample(_ number: Int, items: Int = 1, tenant: String = "", bytes: Int = 40, signal: UInt8 = 1) -> FrameDraft {
        var payload = [UInt8]("frame \(number) ".utf8)
        payload += [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: max(0, bytes - payload.count))
        return FrameDraft(
            kind: .otlp,
            signal: signal,
            tenant: tenant,
            items: items,
            receivedNanoseconds: 1_800_000_000_000_000_000 + UInt64(number),
            payload: payload
        )
    }
}

extension StoredFrame {
    /// The number that `FrameDraft.sample` was given.
    package var number: Int? {
        // Not the whole payload, which may be long.
        let words = payload.prefix(32).split(separator: UInt8(ascii: " "), maxSplits: 2)
        return words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
    }

    /// All of its items.
    package var all: ItemRange { ItemRange(sequence: sequence, first: 0, count: items) }
}
