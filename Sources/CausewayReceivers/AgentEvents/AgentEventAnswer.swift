internal import CausewayModel
internal import NIOHTTP1

/// The answer to a request with agent events: 200 when something of it was taken, 400 when nothing was.
enum AgentEventAnswer {
    static func answer(_ verdict: AgentEventVerdict) -> HTTPAnswer {
        if let failure = verdict.failure { return answer(failure, verdict) }
        let isRefused = verdict.accepted == 0 && verdict.rejected > 0
        return HTTPAnswer(status: isRefused ? .badRequest : .ok, contentType: "application/json", body: body(verdict, nil))
    }

    /// What was stored before the failure is said: the rest is to be sent again, and only that.
    private static func answer(_ failure: AgentEventVerdict.Failure, _ verdict: AgentEventVerdict) -> HTTPAnswer {
        switch failure {
        case .unavailable(let message, let seconds):
            HTTPAnswer(
                status: .serviceUnavailable,
                contentType: "application/json",
                body: body(verdict, message),
                retryAfterSeconds: max(seconds, 1)
            )
        case .unauthorized(let message):
            HTTPAnswer(
                status: .unauthorized,
                contentType: "application/json",
                body: body(verdict, message),
                extraHeaders: [("WWW-Authenticate", "Bearer")]
            )
        case .malformed(let message): HTTPAnswer(status: .badRequest, contentType: "application/json", body: body(verdict, message))
        case .loop(let message): HTTPAnswer(status: .loopDetected, contentType: "application/json", body: body(verdict, message))
        }
    }

    /// `{"accepted":3,"rejected":1,"errors":[{"line":2,"reason":"…"}]}`
    static func body(_ verdict: AgentEventVerdict, _ message: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("accepted")
        writer.integer(Int64(verdict.accepted))
        writer.key("rejected")
        writer.integer(Int64(verdict.rejected))
        if let message {
            writer.key("message")
            writer.string(message)
        }
        list("errors", "reason", verdict.refusals, &writer)
        list("warnings", "message", verdict.warnings, &writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// What is said at once of a line that was refused, to who is still writing.
    static func line(_ remark: AgentEventVerdict.Remark) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("line")
        writer.integer(Int64(remark.line))
        writer.key("reason")
        writer.string(remark.text)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func list(_ name: String, _ member: String, _ remarks: [AgentEventVerdict.Remark], _ writer: inout JSONWriter) {
        guard !remarks.isEmpty else { return }
        writer.key(name)
        writer.beginArray()
        for remark in remarks {
            writer.beginObject()
            writer.key("line")
            writer.integer(Int64(remark.line))
            writer.key(member)
            writer.string(remark.text)
            writer.endObject()
        }
        writer.endArray()
    }
}
