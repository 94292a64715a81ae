internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySpool

/// Answers the commands of the same user about the directory that this bridge works in, over the socket `control` in it.
///
/// A request is one line, a JSON object with `command` and what the command needs; so is the answer: `ok`, and `text` for people or
/// `error`. Later versions may add members to both.
final class ControlServer: Sendable {
    static let socketName = "control"

    private let socket: LocalSocket

    init(directory: String, commands: [ControlCommand]) throws(SystemError) {
        socket = try LocalSocket(directory: directory, name: Self.socketName) { line in
            [UInt8](Self.answer(line, commands).text().utf8)
        }
    }

    func stop() { socket.stop() }

    static func answer(_ line: [UInt8], _ commands: [ControlCommand]) -> JSONValue {
        guard let request = try? JSONValue(parsing: line), let name = request["command"]?.string else {
            return refusal("a request is a JSON object with \"command\"", .input)
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            return refusal("this bridge knows no command \(name); it knows \(commands.map(\.name).joined(separator: ", "))", .input)
        }
        do throws(CausewayError) {
            let report = try command.run(request)
            return .members([("ok", .bool(true)), ("text", .string(report.text)), ("is_fine", .bool(report.isFine))])
        } catch {
            return refusal(error.message, error.code)
        }
    }

    private static func refusal(_ message: String, _ code: CausewayError.Code) -> JSONValue {
        .members([("ok", .bool(false)), ("error", .string(message)), ("code", .string(code.description))])
    }

    /// Has the bridge that works in the directory do a command; nil when none does.
    static func ask(
        _ directory: String,
        _ command: String,
        _ more: [(String, JSONValue)] = [],
        patience: Duration = .seconds(30)
    ) throws(CausewayError) -> SpoolReport? {
        let line = JSONValue.members([("command", .string(command))] + more).text()
        let answer: [UInt8]?
        do throws(SystemError) {
            answer = try LocalSocket.ask([UInt8](line.utf8), directory: directory, name: socketName, patience: patience)
        } catch {
            throw CausewayError(.unavailable, "\(directory)/\(socketName): \(error)", underlying: error)
        }
        guard let answer else { return nil }
        guard let told = try? JSONValue(parsing: answer), case .bool(let isDone)? = told["ok"] else {
            throw CausewayError(.unavailable, "\(directory)/\(socketName): what listens there is no bridge")
        }
        guard isDone else {
            let codes: [CausewayError.Code] = [.configuration, .input, .unavailable]
            let code = codes.first { $0.description == told["code"]?.string } ?? .unavailable
            throw CausewayError(code, told["error"]?.string ?? "refused")
        }
        var isFine = true
        if case .bool(let said)? = told["is_fine"] { isFine = said }
        return SpoolReport(told["text"]?.string ?? "", isFine: isFine)
    }
}
