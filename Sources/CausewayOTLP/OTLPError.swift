/// Why bytes were not taken as an OTLP request. There is one reaction: 400 with this text.
package struct OTLPError: Error, Hashable, CustomStringConvertible {
    package var fault: Fault
    /// Where the field begins that could not be read, in bytes from the beginning of the body.
    package var offset: Int

    /// What was found there.
    package enum Fault: UInt8, Sendable {
        case truncated
        case lengthBeyondEnd
        case lengthTooLong
        case varintTooLong
        case fieldNumber
        case wireType
        case wrongWireType
        case packedLength
        /// A field that can be there once is there again. Decoders disagree about which of the two counts, so whatever
        /// looks at telemetry here (redaction, tenants) could look at another value than those behind us.
        case repeated
        case tooDeep
    }

    /// One sentence for the sender.
    package var description: String { "The body is not a valid OTLP request: at byte \(offset) \(fault.explanation)." }
}

extension OTLPError.Fault {
    package var explanation: String {
        switch self {
        case .truncated: "a field ends in the middle"
        case .lengthBeyondEnd: "a length reaches beyond the end of what contains it"
        case .lengthTooLong: "a length is written in more than 5 bytes"
        case .varintTooLong: "a number does not fit into 64 bits"
        case .fieldNumber: "a field has an impossible number"
        case .wireType: "a field has a wire type that protobuf 3 does not know (a group?)"
        case .wrongWireType: "a known field has another wire type than its definition says"
        case .packedLength: "a packed list does not hold a whole number of elements"
        case .repeated: "a field that may be given once is given twice"
        case .tooDeep: "messages are nested too deeply"
        }
    }
}
