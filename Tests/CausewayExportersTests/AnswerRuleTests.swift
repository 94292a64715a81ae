import CausewayExporters
import CausewayPlatform
import Testing

struct AnswerRuleTests {
    @Test(arguments: [
        (200, AnswerRule.accepted), (202, .accepted), (204, .accepted), (299, .accepted),
        (307, .moved(to: "/x")), (308, .moved(to: "/x")),
        (408, .failed(.doubtful(status: 408, after: nil))), (425, .failed(.retryable(after: nil))), (429, .failed(.retryable(after: nil))),
        (500, .failed(.doubtful(status: 500, after: nil))), (501, .failed(.doubtful(status: 501, after: nil))),
        (502, .failed(.retryable(after: nil))),
        (503, .failed(.retryable(after: nil))), (504, .failed(.retryable(after: nil))), (529, .failed(.doubtful(status: 529, after: nil))),
        (508, .failed(.refused(status: 508))),
        (413, .failed(.tooLarge)),
        (301, .failed(.refused(status: 301))), (302, .failed(.refused(status: 302))), (304, .failed(.refused(status: 304))),
        (401, .failed(.refused(status: 401))), (402, .failed(.refused(status: 402))), (403, .failed(.refused(status: 403))),
        (404, .failed(.refused(status: 404))), (405, .failed(.refused(status: 405))), (407, .failed(.refused(status: 407))),
        (410, .failed(.refused(status: 410))), (415, .failed(.refused(status: 415))), (406, .failed(.suspect(status: 406))),
        (431, .failed(.refused(status: 431))),
        (400, .failed(.suspect(status: 400))), (409, .failed(.suspect(status: 409))), (422, .failed(.suspect(status: 422))),
        (499, .failed(.suspect(status: 499))), (600, .failed(.suspect(status: 600))),
    ])
    func `a status means what is done next`(status: Int, expected: AnswerRule) {
        #expect(AnswerRule(HTTPAnswer(status: status, location: "/x"), now: 0) == expected)
    }

    @Test(arguments: [429, 503, 504])
    func `a wish for a pause goes with any status that is tried again`(status: Int) {
        #expect(AnswerRule(HTTPAnswer(status: status, retryAfter: "9"), now: 0) == .failed(.retryable(after: .seconds(9))))
        #expect(AnswerRule(HTTPAnswer(status: status, retryAfter: "later"), now: 0) == .failed(.retryable(after: nil)))
    }

    @Test func `a redirect to nowhere is a refusal`() {
        #expect(AnswerRule(HTTPAnswer(status: 307), now: 0) == .failed(.refused(status: 307)))
    }
}
