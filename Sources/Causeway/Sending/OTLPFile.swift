package import CausewayModel

/// A file of OTLP: one protobuf request, or JSON requests one behind the other (`.json` with one, `.jsonl` with one a line).
///
/// Which of the two is told from the bytes, not from the name: only JSON has `{` for its first visible character.
package struct OTLPFile: Equatable, Sendable {
    /// One request body, ready to be sent.
    package struct Request: Equatable, Sendable {
        package var signal: Signal
        package var isJSON: Bool
        package var body: [UInt8]

        package init(signal: Signal, isJSON: Bool, body: [UInt8]) {
            self.signal = signal
            self.isJSON = isJSON
            self.body = body
        }

        package var contentType: String { isJSON ? "application/json" : "application/x-protobuf" }
    }

    package var requests: [Request] = []

    /// `signal` is what the file holds, for files that do not show it; `name` is for messages.
    package init(_ bytes: [UInt8], name: String, signal given: SignalName? = nil) throws(CausewayError) {
        let signal = given?.signal
        guard let first = bytes.first(where: { !Self.isSpace($0) }) else {
            throw CausewayError(.input, "\(name): empty; hand in an OTLP request")
        }
        guard first == UInt8(ascii: "{") else {
            guard let found = signal ?? SignalDetection.signal(ofProtobuf: bytes) else {
                throw CausewayError(.input, "\(name): not recognised as OTLP; name what it holds with --signal")
            }
            requests = [Request(signal: found, isJSON: false, body: bytes)]
            return
        }
        var start = 0
        while let range = Self.nextObject(in: bytes, from: start) {
            let body = [UInt8](bytes[range])
            let number = requests.count + 1
            let found: Signal?
            do throws(JSONError) {
                found = try SignalDetection.signal(ofJSON: body)
            } catch {
                throw CausewayError(.input, "\(name): request \(number) is not JSON: \(error); correct it", underlying: error)
            }
            guard let found = signal ?? found else {
                let names = "resourceSpans, resourceMetrics or resourceLogs"
                throw CausewayError(.input, "\(name): request \(number) has no \(names); name what it holds with --signal")
            }
            requests.append(Request(signal: found, isJSON: true, body: body))
            start = range.upperBound
        }
    }

    /// From the next visible byte to the end of the object that begins there, or of the file when it never ends; nil at the end of the file.
    private static func nextObject(in bytes: [UInt8], from start: Int) -> Range<Int>? {
        guard let first = bytes[start...].firstIndex(where: { !isSpace($0) }) else { return nil }
        var depth = 0
        var isInString = false
        var index = first
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isInString {
                if byte == UInt8(ascii: "\\") { index += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return first..<index }
            default: break
            }
        }
        return first..<bytes.count
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
}
