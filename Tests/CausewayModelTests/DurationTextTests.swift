import CausewayModel
import Testing

struct DurationTextTests {
    @Test(
        arguments: [
            ("2s", .seconds(2)), ("200ms", .milliseconds(200)), ("15m", .seconds(900)), ("24h", .seconds(86_400)),
            ("7d", .seconds(604_800)),
            ("1h30m", .seconds(5400)), ("0.5s", .milliseconds(500)), ("1.5h", .seconds(5400)), ("0", .zero), ("0ms", .zero),
            ("10us", .microseconds(10)), ("3ns", .nanoseconds(3)),
        ] as [(String, Duration)]
    )
    func `a duration is read as people write it`(_ text: String, _ duration: Duration) {
        #expect(Duration(text: text) == duration)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1 s", "1x", "1.2.3s", "1e3s", "½s", "99999999999h", "1s ", "٣s", "1S"])
    func `what is no duration is not read`(_ text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(
        arguments: [
            (.seconds(86_400), "24h"), (.seconds(90), "90s"), (.milliseconds(1500), "1500ms"), (.zero, "0s"), (.seconds(120), "2m"),
            (.nanoseconds(1001), "1001ns"),
        ] as [(Duration, String)]
    )
    func `a duration is written in the largest unit that divides it, and reads back the same`(_ duration: Duration, _ text: String) {
        #expect(duration.text == text)
        #expect(Duration(text: text) == duration)
    }
}
