internal import Synchronization

/// Which bridges telemetry has come through before it came here, so that it never goes round in circles.
///
/// Every request we send names us and all bridges we have heard of, in `Causeway-Via`. A request that names us has been here.
final class Travellers: Sendable {
    static let header = "Causeway-Via"
    /// More bridges than this behind one another are no installation but a mistake.
    private static let limit = 32

    let ownName: String
    private let others = Mutex<[String]>([])
    private let changed = Mutex<(@Sendable () -> Void)?>(nil)

    init(instanceID: [UInt8]) {
        ownName = instanceID.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// What the header says on what we send.
    var headerValue: String { ([ownName] + others.withLock { $0 }).joined(separator: ", ") }

    /// Called, on the receiver's thread, when `headerValue` has changed.
    func whenChanged(_ action: @escaping @Sendable () -> Void) { changed.withLock { $0 = action } }

    /// Takes note of who has sent a request on; says why it must not come in, if it must not.
    func meet(_ names: [String]) -> String? {
        if names.isEmpty { return nil }
        if names.contains(ownName) {
            return "a loop: this telemetry has come through this bridge before (\(Self.header) names \(ownName)); "
                + "a destination of one bridge leads back to it"
        }
        if names.count > Self.limit { return "a loop: \(Self.header) names more than \(Self.limit) bridges" }
        let isNew = others.withLock { others in
            let new = names.filter { !others.contains($0) && $0.utf8.count <= 64 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }
            guard !new.isEmpty, others.count + new.count <= Self.limit else { return false }
            others += new
            return true
        }
        if isNew { changed.withLock { $0 }?() }
        return nil
    }
}
