internal import CausewayModel
internal import CausewayPlatform

/// Hands OTLP requests to a running bridge one after the other, and waits as long as it is asked to, within limits.
package struct SendRun {
    /// What a receiver answered.
    package struct Answer: Sendable {
        package var status: Int
        /// From `Retry-After`.
        package var retryAfter: Duration?
        /// The beginning of the body as text, for messages.
        package var text: String
        /// From a partial success.
        package var rejectedItems: Int

        package init(status: Int, retryAfter: Duration? = nil, text: String = "", rejectedItems: Int = 0) {
            self.status = status
            self.retryAfter = retryAfter
            self.text = text
            self.rejectedItems = rejectedItems
        }
    }

    /// What to do after an answer, or after none.
    package enum Action: Equatable, Sendable {
        case accepted
        case wait(Duration)
        /// Refused for good: the request is what is wrong.
        case refused(String)
        /// Tried often enough, or nobody is there.
        case givenUp(String)
    }

    /// Tries of one request, the first one included.
    package var tries = 8
    /// The longest single wait; a receiver that asks for more is not waited for.
    package var longestWait: Duration = .seconds(30)

    package init() {}

    /// `attempt` counts from 1.
    package func action(after answer: Answer, attempt: Int) -> Action {
        let words = answer.text.isEmpty ? "" : " (\(Self.firstLine(answer.text)))"
        switch answer.status {
        case 200..<300: return .accepted
        case 429, 502, 503, 504:
            let pause = answer.retryAfter ?? min(longestWait, .milliseconds(250) * (1 << min(attempt - 1, 8)))
            guard attempt < tries else { return .givenUp("answered \(answer.status)\(words) \(attempt) times; try again later") }
            guard pause <= longestWait else {
                return .givenUp("answered \(answer.status)\(words) and asks to come back in \(pause.text); try again then")
            }
            return .wait(pause)
        default:
            return .refused("answered \(answer.status)\(words)")
        }
    }

    /// What is left to be sent is told by the error's message; `report` hears of items that the bridge did not take.
    package func send(
        _ requests: [OTLPFile.Request],
        to base: EndpointURL,
        post: (EndpointURL, OTLPFile.Request) throws(CausewayError) -> Answer,
        pause: (Duration) -> Void,
        report: (String) -> Void
    ) throws(CausewayError) {
        for (index, request) in requests.enumerated() {
            let url = base.appending(request.signal.path)
            let place = requests.count == 1 ? "\(url)" : "\(url): request \(index + 1) of \(requests.count)"
            var attempt = 1
            sending: while true {
                let answer = try post(url, request)
                switch action(after: answer, attempt: attempt) {
                case .accepted:
                    if answer.rejectedItems > 0 {
                        let words = answer.text.isEmpty ? "" : ": \(Self.firstLine(answer.text))"
                        report("\(place): \(answer.rejectedItems) \(request.signal.itemsName) not taken\(words)")
                    }
                    break sending
                case .wait(let duration):
                    pause(duration)
                    attempt += 1
                case .refused(let reason):
                    throw CausewayError(.input, "\(place): \(reason)")
                case .givenUp(let reason):
                    throw CausewayError(.unavailable, "\(place): \(reason)")
                }
            }
        }
    }

    /// Over the network, with real pauses.
    package func send(_ requests: [OTLPFile.Request], to base: EndpointURL, report: (String) -> Void) throws(CausewayError) {
        try send(
            requests,
            to: base,
            post: { (url, request) throws(CausewayError) in try Causeway.post(request, to: url) },
            pause: { pause($0) },
            report: report
        )
    }

    private static func firstLine(_ text: String) -> String {
        LogText.harmless(String(text.prefix { $0 != "\n" && $0 != "\r\n" }.prefix(300)))
    }
}
