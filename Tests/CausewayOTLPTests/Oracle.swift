import CCauseway
import CausewayModel

/// protobuf-c unpacking everything, the other opinion about what bytes mean.
///
/// Only for bytes known not to be nested deeply: it has no limit of its own.
enum Oracle {
    static func accepts(_ bytes: [UInt8], _ signal: Signal) -> Bool { repacked(bytes, signal) != nil }

    /// What protobuf-c makes of what it read: fields in the order of their numbers, nothing written that is zero.
    static func repacked(_ bytes: [UInt8], _ signal: Signal) -> [UInt8]? {
        let descriptor =
            switch signal {
            case .traces: unsafe messageDescriptor(otlp__export_trace_service_request__init)
            case .metrics: unsafe messageDescriptor(otlp__export_metrics_service_request__init)
            case .logs: unsafe messageDescriptor(otlp__export_logs_service_request__init)
            }
        return unsafe repacked(bytes, descriptor)
    }

    static func repackedSpan(_ bytes: [UInt8]) -> [UInt8]? { unsafe repacked(bytes, messageDescriptor(otlp__span__init)) }
    static func repackedLogRecord(_ bytes: [UInt8]) -> [UInt8]? { unsafe repacked(bytes, messageDescriptor(otlp__log_record__init)) }
    static func repackedMetric(_ bytes: [UInt8]) -> [UInt8]? { unsafe repacked(bytes, messageDescriptor(otlp__metric__init)) }

    private static func repacked(_ bytes: [UInt8], _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> [UInt8]? {
        guard let message = unsafe protobuf_c_message_unpack(descriptor, nil, bytes.count, bytes) else { return nil }
        defer { unsafe protobuf_c_message_free_unpacked(message, nil) }
        let size = unsafe protobuf_c_message_get_packed_size(message)
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            if size > 0 { count = unsafe protobuf_c_message_pack(message, buffer.baseAddress) }
        }
    }

    private static func messageDescriptor<Message>(
        _ initialize: (UnsafeMutablePointer<Message>?) -> Void
    ) -> UnsafePointer<ProtobufCMessageDescriptor> {
        let message = UnsafeMutablePointer<Message>.allocate(capacity: 1)
        defer { unsafe message.deallocate() }
        unsafe initialize(message)
        return unsafe UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    }
}
