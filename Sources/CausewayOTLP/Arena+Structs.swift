internal import CCauseway

/// Structs of protobuf-c in the arena, and packing them.
extension Arena {
    /// A message as its generated `init` function leaves it: empty.
    mutating func make<Message>(_ initialize: (UnsafeMutablePointer<Message>?) -> Void) -> UnsafeMutablePointer<Message> {
        let message = unsafe allocate(MemoryLayout<Message>.size).bindMemory(to: Message.self, capacity: 1)
        unsafe initialize(message)
        return unsafe message
    }

    /// The pointers of a repeated field; nil for none.
    mutating func list<Element, Message>(
        _ elements: [Element],
        _ make: (inout Arena, Element) -> UnsafeMutablePointer<Message>
    ) -> (count: Int, pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?) {
        guard !elements.isEmpty else { return (0, nil) }
        let size = unsafe MemoryLayout<UnsafeMutablePointer<Message>?>.stride * elements.count
        let pointers = unsafe allocate(size).bindMemory(to: UnsafeMutablePointer<Message>?.self, capacity: elements.count)
        for (index, element) in elements.enumerated() {
            unsafe (pointers + index).initialize(to: make(&self, element))
        }
        return unsafe (elements.count, pointers)
    }

    /// The numbers of a packed field; nil for none.
    mutating func numbers<Number>(_ values: [Number]) -> UnsafeMutablePointer<Number>? {
        guard !values.isEmpty else { return nil }
        let numbers = unsafe allocate(MemoryLayout<Number>.stride * values.count).bindMemory(to: Number.self, capacity: values.count)
        unsafe numbers.initialize(from: values, count: values.count)
        return unsafe numbers
    }

    mutating func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        unsafe ProtobufCBinaryData(len: bytes.count, data: numbers(bytes))
    }

    mutating func text(_ text: String) -> ProtobufCBinaryData {
        var text = text
        return text.withUTF8 { utf8 in
            guard let base = utf8.baseAddress, utf8.count > 0 else { return unsafe ProtobufCBinaryData(len: 0, data: nil) }
            let copy = unsafe allocate(utf8.count).bindMemory(to: UInt8.self, capacity: utf8.count)
            unsafe copy.initialize(from: base, count: utf8.count)
            return unsafe ProtobufCBinaryData(len: utf8.count, data: copy)
        }
    }

    /// Appends a message's encoding to `output`, after tag and length if it is to be field `number` of another message.
    mutating func pack<Message>(_ message: UnsafeMutablePointer<Message>, asField number: Int? = nil, to output: inout [UInt8]) {
        let base = unsafe UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
        // Measured first, then packed: packing into a growing buffer is quadratic in the depth of nesting.
        let size = unsafe protobuf_c_message_get_packed_size(base)
        if let number { Varint.appendHeader(field: number, length: size, to: &output) }
        let packed = unsafe allocate(size).bindMemory(to: UInt8.self, capacity: size)
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: packed, count: protobuf_c_message_pack(base, packed)))
    }
}
