internal import CausewayModel
internal import Logging

/// One line of the log as text for people or as a JSON object. Nothing in it can break the line or disturb a terminal.
struct LogLine {
    var time: Timestamp
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata = [:]
    /// Lines of the same message that were held back before this one.
    var suppressed = 0

    /// Longer values are cut: a log line is no place for payloads.
    static let longestValue = 2048

    /// `2026-01-01T00:00:00.000Z info  listening address=127.0.0.1:4318`
    func text() -> String {
        let level = Self.word(level)
        var line = "\(time) \(level)\(String(repeating: " ", count: max(0, 5 - level.count))) "
        line += LogText.harmless(Self.cut(message))
        for (key, value) in sortedMetadata { line += " \(Self.key(key))=\(Self.quotedIfNeeded(value.description))" }
        if suppressed > 0 { line += " suppressed=\(suppressed)" }
        return line + "\n"
    }

    /// `{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"listening","address":"127.0.0.1:4318"}`
    func json() -> String {
        var members: [(String, JSONValue)] = [
            ("time", .string(time.description)), ("level", .string(Self.word(level))), ("message", .string(Self.cut(message))),
        ]
        for (key, value) in sortedMetadata {
            // A member of ours must not be there twice.
            members.append((Self.ownMembers.contains(key) ? key + "_" : key, Self.json(value)))
        }
        if suppressed > 0 { members.append(("suppressed", .integer(suppressed))) }
        return JSONValue.members(members).text() + "\n"
    }

    static let ownMembers: Set<String> = ["time", "level", "message", "suppressed"]

    /// The words of `log.level`; the two levels in between that the logging interface also has keep their names.
    static func word(_ level: Logger.Level) -> String { level == .warning ? "warn" : level.rawValue }

    private var sortedMetadata: [(key: String, value: Logger.MetadataValue)] { metadata.sorted { $0.key < $1.key } }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(cut(text))
        case .stringConvertible(let value): .string(cut(value.description))
        case .array(let values): .array(values.map(json))
        case .dictionary(let values): .members(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
        }
    }

    private static func key(_ key: String) -> String {
        key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) } && !key.isEmpty ? key : quoted(key)
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { LogText.isHarmless($0) && $0 != " " && $0 != "\"" && $0 != "=" && $0 != "\\" }
        return isPlain ? cut(value) : quoted(value)
    }

    private static func quoted(_ value: String) -> String {
        var text = ""
        LogText.appendQuoted(cut(value), to: &text)
        return text
    }

    private static func cut(_ value: String) -> String {
        guard value.utf8.count > longestValue else { return value }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in value.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > longestValue { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }
}
