internal import CCauseway
internal import CausewayModel

/// What all signals share, as structs of protobuf-c.
extension Arena {
    mutating func value(_ value: AttributeValue) -> UnsafeMutablePointer<Otlp__AnyValue> {
        let message = unsafe make(otlp__any_value__init)
        switch value {
        case .empty: break
        case .string(let text):
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
            unsafe message.pointee.string_value = self.text(text)
        case .bool(let bool):
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_BOOL_VALUE
            unsafe message.pointee.bool_value = bool ? 1 : 0
        case .int(let int):
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE
            unsafe message.pointee.int_value = int
        case .double(let double):
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE
            unsafe message.pointee.double_value = double
        case .bytes(let bytes):
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_BYTES_VALUE
            unsafe message.pointee.bytes_value = self.bytes(bytes)
        case .array(let elements):
            let array = unsafe make(otlp__array_value__init)
            unsafe (array.pointee.n_values, array.pointee.values) = list(elements) { unsafe $0.value($1) }
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE
            unsafe message.pointee.array_value = array
        case .map(let entries):
            let map = unsafe make(otlp__key_value_list__init)
            unsafe (map.pointee.n_values, map.pointee.values) = attributes(entries)
            unsafe message.pointee.value_case = OTLP__ANY_VALUE__VALUE_KVLIST_VALUE
            unsafe message.pointee.kvlist_value = map
        }
        return unsafe message
    }

    mutating func attribute(_ attribute: Attribute) -> UnsafeMutablePointer<Otlp__KeyValue> {
        let message = unsafe make(otlp__key_value__init)
        unsafe message.pointee.key = text(attribute.key)
        unsafe message.pointee.value = value(attribute.value)
        return unsafe message
    }

    mutating func attributes(
        _ attributes: [Attribute]
    ) -> (count: Int, pointers: UnsafeMutablePointer<UnsafeMutablePointer<Otlp__KeyValue>?>?) {
        unsafe list(attributes) { unsafe $0.attribute($1) }
    }

    mutating func resource(_ attributes: [Attribute]) -> UnsafeMutablePointer<Otlp__Resource> {
        let message = unsafe make(otlp__resource__init)
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = self.attributes(attributes)
        return unsafe message
    }

    mutating func scope(_ scope: ScopeRecord) -> UnsafeMutablePointer<Otlp__InstrumentationScope> {
        let message = unsafe make(otlp__instrumentation_scope__init)
        unsafe message.pointee.name = text(scope.name)
        unsafe message.pointee.version = text(scope.version)
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(scope.attributes)
        return unsafe message
    }
}
