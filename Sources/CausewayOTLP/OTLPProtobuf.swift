internal import CCauseway
package import CausewayModel

/// The small bodies that go the other way, in protobuf: what was accepted, and why something was not.
package enum OTLPProtobuf {
    /// An `Export…ServiceResponse`. Nothing refused and nothing to say is a full success, which is an empty body.
    package static func exportResponse(_ signal: Signal, refused: Int, message: String) -> [UInt8] {
        var arena = Arena()
        var output: [UInt8] = []
        guard refused > 0 || !message.isEmpty else { return output }
        switch signal {
        case .traces:
            let partial = unsafe arena.make(otlp__export_trace_partial_success__init)
            unsafe partial.pointee.rejected_spans = Int64(refused)
            unsafe partial.pointee.error_message = arena.text(message)
            unsafe arena.pack(partial, asField: 1, to: &output)
        case .metrics:
            let partial = unsafe arena.make(otlp__export_metrics_partial_success__init)
            unsafe partial.pointee.rejected_data_points = Int64(refused)
            unsafe partial.pointee.error_message = arena.text(message)
            unsafe arena.pack(partial, asField: 1, to: &output)
        case .logs:
            let partial = unsafe arena.make(otlp__export_logs_partial_success__init)
            unsafe partial.pointee.rejected_log_records = Int64(refused)
            unsafe partial.pointee.error_message = arena.text(message)
            unsafe arena.pack(partial, asField: 1, to: &output)
        }
        return output
    }

    /// What a destination's answer says of items it did not take; nil for a full success and for a body that is not such an answer.
    ///
    /// The three signals have the same answer but for the name of one field.
    package static func partialSuccess(fromProtobuf body: [UInt8]) -> (refused: Int, message: String)? {
        guard let answer = unsafe otlp__export_trace_service_response__unpack(nil, body.count, body) else { return nil }
        defer { unsafe otlp__export_trace_service_response__free_unpacked(answer, nil) }
        guard let partial = unsafe answer.pointee.partial_success?.pointee else { return nil }
        let refused = unsafe Int(max(0, partial.rejected_spans))
        let message = unsafe text(partial.error_message)
        return refused > 0 || !message.isEmpty ? (refused, message) : nil
    }

    /// A `google.rpc.Status`, the body of every error answer.
    package static func status(code: Int32, message: String) -> [UInt8] {
        var arena = Arena()
        var output: [UInt8] = []
        let status = unsafe arena.make(rpc__status__init)
        unsafe status.pointee.code = code
        unsafe status.pointee.message = arena.text(message)
        unsafe arena.pack(status, to: &output)
        return output
    }

    /// The message of an error answer; nil if the body is no `google.rpc.Status` or says nothing.
    package static func statusMessage(fromProtobuf body: [UInt8]) -> String? {
        guard let status = unsafe rpc__status__unpack(nil, body.count, body) else { return nil }
        defer { unsafe rpc__status__free_unpacked(status, nil) }
        let message = unsafe text(status.pointee.message)
        return message.isEmpty ? nil : message
    }

    private static func text(_ data: ProtobufCBinaryData) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
    }
}
