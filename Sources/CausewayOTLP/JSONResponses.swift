package import CausewayModel

/// The small bodies that go the other way, in JSON: what was accepted, and why something was not.
extension OTLPJSON {
    /// An `Export…ServiceResponse`. Nothing refused and nothing to say is a full success, which has no `partialSuccess`.
    package static func exportResponse(_ signal: Signal, refused: Int, message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if refused > 0 || !message.isEmpty {
            writer.key("partialSuccess")
            writer.beginObject()
            if refused > 0 {
                writer.key(refusedName(signal))
                writer.string(String(refused))
            }
            if !message.isEmpty {
                writer.key("errorMessage")
                writer.string(message)
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// What a destination's answer says of items it did not take; nil for a full success and for a body that is not such an answer.
    package static func partialSuccess(fromJSON body: [UInt8], signal: Signal) -> (refused: Int, message: String)? {
        guard let answer = try? JSONValue(parsing: body), let partial = answer["partialSuccess"] else { return nil }
        let refused = partial[refusedName(signal)].flatMap(Self.integer) ?? 0
        let message = partial["errorMessage"]?.string ?? ""
        return refused > 0 || !message.isEmpty ? (max(0, refused), message) : nil
    }

    /// A `google.rpc.Status`, the body of every error answer.
    package static func status(code: Int32, message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if code != 0 {
            writer.key("code")
            writer.integer(Int64(code))
        }
        writer.key("message")
        writer.string(message)
        writer.endObject()
        return writer.bytes
    }

    /// The message of an error answer; nil if the body is no `google.rpc.Status` or says nothing.
    package static func statusMessage(fromJSON body: [UInt8]) -> String? {
        guard let message = (try? JSONValue(parsing: body))?["message"]?.string, !message.isEmpty else { return nil }
        return message
    }

    private static func refusedName(_ signal: Signal) -> String {
        switch signal {
        case .traces: "rejectedSpans"
        case .metrics: "rejectedDataPoints"
        case .logs: "rejectedLogRecords"
        }
    }

    /// A 64-bit integer, which JSON may have as a string.
    private static func integer(_ value: JSONValue) -> Int? {
        value.integer.map(Int.init) ?? value.string.flatMap { Int($0) }
    }
}
