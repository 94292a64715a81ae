import CausewayPlatform
import Logging
import Synchronization
import Testing

@testable import Causeway

/// Clocks that a test moves by hand.
private final class HandClock: Clock {
    private let now = Atomic<UInt64>(0)

    func wallNanoseconds() -> UInt64 { 1_767_225_600_000_000_000 + now.load(ordering: .relaxed) }
    func bootNanoseconds() -> UInt64 { now.load(ordering: .relaxed) }
    func advance(seconds: UInt64) { now.wrappingAdd(seconds * 1_000_000_000, ordering: .relaxed) }
}

private final class Lines: Sendable {
    private let text = Mutex("")

    var all: [String] { text.withLock { $0.split(separator: "\n").map { String($0.dropFirst("2026-01-01T".count)) } } }
    func write(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
}

struct LogOutputTests {
    private let clock = HandClock()
    private let lines = Lines()

    private func output(_ settings: Configuration.Log = .init()) -> LogOutput {
        LogOutput(settings, clock: clock, write: { [lines] in lines.write($0) })
    }

    @Test func `a repeated line is written at once, then once in ten seconds with what was held back`() {
        let log = output().logger()
        for _ in 0..<5 { log.info("again") }
        clock.advance(seconds: 9)
        log.info("again")
        clock.advance(seconds: 1)
        log.info("again")
        log.info("again")
        clock.advance(seconds: 20)
        log.info("again")
        #expect(
            lines.all == [
                "00:00:00.000Z info  again", "00:00:10.000Z info  again suppressed=5", "00:00:30.000Z info  again suppressed=1",
            ]
        )
    }

    @Test func `lines about different destinations, of other levels and of debug do not hold each other back`() {
        let log = output(.init(level: .debug)).logger()
        for destination in ["a", "b", "a"] { log.info("down", metadata: ["destination": "\(destination)"]) }
        log.warning("down", metadata: ["destination": "a"])
        log.debug("step")
        log.debug("step")
        #expect(lines.all.count == 5)
    }

    @Test func `below the level nothing is written, and the level changes while loggers exist`() {
        let output = output()
        let log = output.logger()
        log.debug("unseen")
        output.change(to: .init(level: .debug, format: .json))
        log.debug("seen")
        output.change(to: .init(level: .error, format: .text))
        log.warning("unseen")
        #expect(lines.all == ["00:00:00.000Z\",\"level\":\"debug\",\"message\":\"seen\"}"] || lines.all.count == 1)
        #expect(lines.all.count == 1)
    }

    @Test func `a logger's own metadata is on every line and the call's wins`() {
        var log = output().logger()
        log[metadataKey: "part"] = "receiver"
        log.info("one")
        log.info("two", metadata: ["part": "spool"])
        #expect(lines.all == ["00:00:00.000Z info  one part=receiver", "00:00:00.000Z info  two part=spool"])
    }

    @Test func `what the throttle remembers is bounded`() {
        var throttle = LogThrottle(capacity: 3)
        for number in 0..<100 { #expect(throttle.admit("\(number)", at: UInt64(number)) == 0) }
        #expect(throttle.admit("99", at: 100) == nil)
        #expect(throttle.admit("0", at: 101) == 0)
    }
}
