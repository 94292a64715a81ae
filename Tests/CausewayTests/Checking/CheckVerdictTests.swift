import CausewayModel
import CausewayOTLP
import CausewayPlatform
import Testing

@testable import Causeway

struct CheckVerdictTests {
    @Test(arguments: [
        (200, CheckVerdict.Word.ok), (204, .ok), (301, .moved), (400, .rejected), (401, .unauthorized), (403, .forbidden), (404, .notFound),
        (405, .method), (413, .tooLarge), (415, .mediaType), (422, .rejected), (429, .busy), (500, .broken), (503, .busy),
    ])
    func `a status is told in a word`(status: Int, word: CheckVerdict.Word) {
        let verdict = CheckVerdict(HTTPAnswer(status: status), partial: nil, words: nil)
        #expect(verdict.word == word)
        #expect(!verdict.meaning.isEmpty && verdict.status == status)
    }

    @Test func `a web page is not taken for success`() {
        let page = HTTPAnswer(status: 200, contentType: "text/html; charset=utf-8", body: [UInt8]("<html>".utf8))
        #expect(CheckVerdict(page, partial: nil, words: nil).word == .notOTLP)
    }

    @Test func `every failure to connect says what to do`() {
        for cause in [HTTPFailure.Cause.nameNotFound, .refused, .timeout, .security, .reset, .invalid, .other] {
            for certificate in [nil, HTTPFailure.Certificate.untrusted, .expired, .wrongHost, .ours, .file] {
                let verdict = CheckVerdict(HTTPFailure(cause, "words", certificate: certificate), host: "h")
                #expect(verdict.word.isUnreached && !verdict.meaning.isEmpty && verdict.said == "words")
            }
        }
    }

    @Test(arguments: Signal.allCases)
    func `the test item is one item that says what it is`(signal: Signal) throws {
        let item = DestinationCheck.item(signal, now: 1_800_000_000_000_000_000)
        let admitted = try admit(item, signal: signal)
        #expect(admitted.items == 1 && admitted.payload == item)
        #expect(String(decoding: item, as: UTF8.self).contains("causeway.check"))
    }
}
