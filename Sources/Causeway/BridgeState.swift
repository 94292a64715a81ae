internal import CausewayPlatform
internal import Synchronization

/// What changes about a bridge as a whole while it runs.
final class BridgeState: Sendable {
    let budget: Budget
    let startWallNanoseconds: UInt64
    let startBootNanoseconds: UInt64
    private let state: Mutex<State>
    /// Held while destinations are replaced: a reload does it, and meeting a new bridge, which are on different threads.
    let replacing = Mutex<Void>(())

    struct Reloads: Sendable {
        var accepted = 0
        var refused = 0
        /// Why the last one was refused; empty after one that was taken over.
        var errors: [String] = []
    }

    private struct State: Sendable {
        var configuration: Configuration
        var reloads = Reloads()
        var isDraining = false
    }

    init(_ configuration: Configuration, budget: Budget, clock: any Clock) {
        self.budget = budget
        startWallNanoseconds = clock.wallNanoseconds()
        startBootNanoseconds = clock.bootNanoseconds()
        state = Mutex(State(configuration: configuration))
    }

    var configuration: Configuration { state.withLock { $0.configuration } }
    var reloads: Reloads { state.withLock { $0.reloads } }
    var isDraining: Bool { state.withLock { $0.isDraining } }

    func reloaded(_ configuration: Configuration) {
        state.withLock { state in
            state.configuration = configuration
            state.reloads.accepted += 1
            state.reloads.errors = []
        }
    }

    func refusedReload(_ errors: [String]) {
        state.withLock { state in
            state.reloads.refused += 1
            state.reloads.errors = errors
        }
    }

    func beginDraining() { state.withLock { $0.isDraining = true } }
}
