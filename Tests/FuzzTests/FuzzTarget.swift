/// Code that reads bytes from disk or wire, and what it promises whatever they are.
///
/// `make fuzz` hands every target to libFuzzer; `SeededFuzzTests` feeds it a little in each `make test`.
struct FuzzTarget: Sendable {
    var name: String
    /// What well-meant input looks like; arbitrary input is made from it.
    var seeds: @Sendable () throws -> [[UInt8]]
    /// Reads the bytes; throws `BrokenPromise`, or crashes, where it must not.
    var read: @Sendable ([UInt8]) throws -> Void
}

/// Every target. Yours is a file in `Targets`, and a line here.
let fuzzTargets: [FuzzTarget] = [
    .segment,
    .repair,
    .cursor,
    .fields,
    .protobuf,
    .json,
    .messages,
    .values,
    .spans,
    .agentEvents,
    .prices,
]

struct BrokenPromise: Error {
    var description: String

    init(_ description: String) { self.description = description }
}

func promise(_ holds: Bool, _ description: @autoclosure () -> String) throws {
    if !holds { throw BrokenPromise(description()) }
}
