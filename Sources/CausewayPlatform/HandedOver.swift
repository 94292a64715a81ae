/// Something made on one thread and used on another from then on: by nobody else, and not at the same time.
package final class HandedOver<Value>: @unchecked Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}
