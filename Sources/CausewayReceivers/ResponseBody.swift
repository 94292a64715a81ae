internal import CausewayModel

/// The bodies of answers, in the encoding of the request: `Export…ServiceResponse` and `google.rpc.Status`.
///
/// Two messages with two scalar fields each: written out here, they need neither generated code nor an arena.
enum ResponseBody {
    /// Longer texts are cut: an answer has to stay far below the 4 MiB that senders read of it.
    static let longestMessage = 4096

    /// The body of a 200. With nothing refused and nothing to say, `partial_success` is left out, which in protobuf is no bytes at all.
    static func exported(_ signal: Signal, refused: Int, message: String?, _ encoding: BodyEncoding) -> [UInt8] {
        let message = (message ?? "").cut(toBytes: longestMessage)
        let isFull = refused == 0 && message.isEmpty
        switch encoding {
        case .protobuf:
            guard !isFull else { return [] }
            var partial: [UInt8] = []
            partial.appendVarintField(1, UInt64(refused))
            partial.appendStringField(2, message)
            var response: [UInt8] = []
            response.appendBytesField(1, partial)
            return response
        case .json:
            guard !isFull else { return Array("{}".utf8) }
            let field =
                switch signal {
                case .traces: "rejectedSpans"
                case .metrics: "rejectedDataPoints"
                case .logs: "rejectedLogRecords"
                }
            // proto3's JSON writes 64-bit integers as strings, and leaves out what is empty.
            let members = [
                refused == 0 ? nil : "\"\(field)\":\"\(refused)\"", message.isEmpty ? nil : "\"errorMessage\":\(message.asJSON)",
            ]
            return Array("{\"partialSuccess\":{\(members.compactMap { $0 }.joined(separator: ","))}}".utf8)
        }
    }

    /// The body of any other status.
    static func status(_ code: StatusCode, _ message: String, _ encoding: BodyEncoding) -> [UInt8] {
        let message = message.cut(toBytes: longestMessage)
        switch encoding {
        case .protobuf:
            var status: [UInt8] = []
            status.appendVarintField(1, UInt64(code.rawValue))
            status.appendStringField(2, message)
            return status
        case .json:
            return Array("{\"code\":\(code.rawValue),\"message\":\(message.asJSON)}".utf8)
        }
    }
}

/// The numbers of `google.rpc.Code` that are said here. OTLP gives them no meaning; people read them.
enum StatusCode: Int {
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case resourceExhausted = 8
    case failedPrecondition = 9
    case unimplemented = 12
    case unavailable = 14
    case unauthenticated = 16
}

extension RefusalReason {
    var statusCode: StatusCode {
        switch self {
        case .badHTTP, .contentType, .encoding, .expectation, .truncated, .compression, .malformed: .invalidArgument
        case .timeout: .deadlineExceeded
        case .path: .notFound
        case .headersTooLarge, .tooLarge: .resourceExhausted
        case .loop: .failedPrecondition
        case .unauthorized: .unauthenticated
        case .method, .transferCoding: .unimplemented
        case .memory, .connections, .unavailable, .stopping: .unavailable
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Zero is proto3's default and not written.
    fileprivate mutating func appendVarintField(_ number: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        appendVarint(number << 3)
        appendVarint(value)
    }

    fileprivate mutating func appendStringField(_ number: UInt64, _ text: String) {
        guard !text.isEmpty else { return }
        appendBytesField(number, Array(text.utf8))
    }

    fileprivate mutating func appendBytesField(_ number: UInt64, _ bytes: [UInt8]) {
        appendVarint(number << 3 | 2)
        appendVarint(UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}

extension String {
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// As a JSON string, quotation marks included.
    fileprivate var asJSON: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
