import CausewayModel
import Logging
import Testing

@testable import Causeway

struct LogLineTests {
    private func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:], suppressed: Int = 0) -> LogLine {
        LogLine(
            time: Timestamp(nanoseconds: 1_767_225_600_000_000_000),
            level: level,
            message: message,
            metadata: metadata,
            suppressed: suppressed
        )
    }

    @Test(
        arguments: [
            (.info, "listening", ["address": "127.0.0.1:4318"], "2026-01-01T00:00:00.000Z info  listening address=127.0.0.1:4318\n"),
            (.warning, "slow", ["b": "two words", "a": ""], "2026-01-01T00:00:00.000Z warn  slow a=\"\" b=\"two words\"\n"),
            (.error, "bad", ["reason": "a \"b\"\\c=d\n"], "2026-01-01T00:00:00.000Z error bad reason=\"a \\\"b\\\"\\\\c=d\\n\"\n"),
            (.debug, "no metadata", [:], "2026-01-01T00:00:00.000Z debug no metadata\n"),
            (
                .info, "two\nlines\u{1b}[31m", ["k": "\u{1b}]0;x\u{7}"],
                "2026-01-01T00:00:00.000Z info  two\\nlines\\u001b[31m k=\"\\u001b]0;x\\u0007\"\n"
            ),
            (
                .info, "turned", ["k": "a\u{202e}b", "bad key": "x"],
                "2026-01-01T00:00:00.000Z info  turned \"bad key\"=x k=\"a\\u202eb\"\n"
            ),
            (.info, "eight\u{9b}bit\u{7f}", [:], "2026-01-01T00:00:00.000Z info  eight\\u009bbit\\u007f\n"),
            (.info, "unicode", ["k": "größe"], "2026-01-01T00:00:00.000Z info  unicode k=größe\n"),
            (.info, "list", ["k": ["a", "b"]], "2026-01-01T00:00:00.000Z info  list k=\"[\\\"a\\\", \\\"b\\\"]\"\n"),
        ] as [(Logger.Level, String, Logger.Metadata, String)]
    )
    func `a text line is one line and harmless to a terminal`(
        _ level: Logger.Level,
        _ message: String,
        _ metadata: Logger.Metadata,
        _ text: String
    ) {
        #expect(line(level, message, metadata).text() == text)
    }

    @Test(
        arguments: [
            (
                .info, "listening", ["address": "127.0.0.1:4318"],
                #"{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"listening","address":"127.0.0.1:4318"}"#
            ),
            (
                .warning, "a\u{1b}\n\"", ["list": ["a", ["k": "v"]]],
                #"{"time":"2026-01-01T00:00:00.000Z","level":"warn","message":"a\u001b\n\"","list":["a",{"k":"v"}]}"#
            ),
            (
                .error, "clash", ["time": "x", "level": "y", "message": "z"],
                #"{"time":"2026-01-01T00:00:00.000Z","level":"error","message":"clash","level_":"y","message_":"z","time_":"x"}"#
            ),
        ] as [(Logger.Level, String, Logger.Metadata, String)]
    )
    func `a JSON line is one object with each name once`(
        _ level: Logger.Level,
        _ message: String,
        _ metadata: Logger.Metadata,
        _ json: String
    ) {
        #expect(line(level, message, metadata).json() == json + "\n")
    }

    @Test func `held back lines are counted in both forms`() {
        #expect(line(.info, "again", suppressed: 41).text() == "2026-01-01T00:00:00.000Z info  again suppressed=41\n")
        #expect(line(.info, "again", suppressed: 41).json().hasSuffix("\"message\":\"again\",\"suppressed\":41}\n"))
    }

    @Test func `a value too long for a log is cut at a whole character`() {
        let text = line(.info, "m", ["k": "\(String(repeating: "ä", count: 5000))"]).text()
        #expect(text.hasSuffix("ä…\n"))
        #expect(text.utf8.count < 2200)
    }
}
