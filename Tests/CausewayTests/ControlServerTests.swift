import CausewayModel
import Testing

@testable import Causeway

struct ControlServerTests {
    private let commands = [
        ControlCommand(name: "echo") { request throws(CausewayError) in SpoolReport(request["text"]?.string ?? "") },
        ControlCommand(name: "fail") { _ throws(CausewayError) in throw CausewayError(.input, "no such thing") },
    ]

    private func answer(_ line: String) -> String { ControlServer.answer([UInt8](line.utf8), commands).text() }

    @Test(arguments: [
        (#"{"command":"echo","text":"x","later":1}"#, #"{"ok":true,"text":"x","is_fine":true}"#),
        (#"{"command":"fail"}"#, #"{"ok":false,"error":"no such thing","code":"input"}"#),
        (#"{"command":"quit"}"#, #"{"ok":false,"error":"this bridge knows no command quit; it knows echo, fail","code":"input"}"#),
        ("hello", #"{"ok":false,"error":"a request is a JSON object with \"command\"","code":"input"}"#),
        ("[]", #"{"ok":false,"error":"a request is a JSON object with \"command\"","code":"input"}"#),
    ])
    func `every line gets an answer`(line: String, expected: String) {
        #expect(answer(line) == expected)
    }
}
