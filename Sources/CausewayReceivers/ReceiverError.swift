/// Why a server could not start, by what to do next.
package enum ReceiverError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Somebody listens there already.
    case inUse(address: String, key: String)
    /// The address is not one of this machine's, or may not be taken by this user.
    case cannotListen(address: String, key: String, reason: String)

    package var description: String {
        switch self {
        case .inUse(let address, let key):
            "\(address) is already in use: stop what listens there (another bridge, a collector), or set \(key) to another port"
        case .cannotListen(let address, let key, let reason):
            "cannot listen on \(address): \(reason); set \(key) to an address and port that this user may listen on"
        }
    }
}
