internal import CausewayPlatform
internal import CausewaySpool
internal import Synchronization

/// What other threads and the exporter's thread tell each other.
final class ExporterInbox: Sendable {
    /// A configuration on its way to the exporter's thread. The readers in it were made on another thread and are used on that one only.
    struct Configuration: @unchecked Sendable {
        struct Entry {
            var settings: DestinationSettings
            var plan: PayloadPlan
            /// Nil for a name that the exporter has already.
            var reader: (any FrameReader)?
        }

        var entries: [Entry]
    }

    struct Orders: Sendable {
        var configuration: Configuration?
        var deadline: UInt64?
        var asides: [AsideEnd] = []
    }

    private struct State: Sendable {
        var orders = Orders()
        /// Names whose readers the exporter has, or will have once it takes its orders.
        var names: Set<String> = []
        /// Names of the newest configuration, which are not let go.
        var wanted: Set<String> = []
        var waker: HTTPWaker?
        var status = ExporterStatus()
    }

    private let state = Mutex(State())
    /// The exporter sleeps and wants to know of appends.
    private let isListening = Atomic<Bool>(false)

    // For other threads

    func wake() {
        guard isListening.load(ordering: .sequentiallyConsistent) else { return }
        if isListening.exchange(false, ordering: .sequentiallyConsistent) { wakeClient() }
    }

    /// From one thread at a time.
    func replace(_ destinations: [Destination]) throws(SpoolError) {
        let wanted = Set(destinations.map(\.settings.name))
        precondition(wanted.count == destinations.count, "a destination's name is its identity")
        let (known, before) = state.withLock { state in
            defer { state.wanted = wanted }
            return (state.names, state.wanted)
        }
        var entries: [Configuration.Entry] = []
        do throws(SpoolError) {
            for destination in destinations {
                let reader = known.contains(destination.settings.name) ? nil : try destination.openReader()
                entries.append(Configuration.Entry(settings: destination.settings, plan: destination.plan, reader: reader))
            }
        } catch {
            state.withLock { $0.wanted = before }
            throw error
        }
        let configuration = Configuration(entries: entries)
        state.withLock { state in
            var configuration = configuration
            // Orders not taken yet are overtaken; the readers in them go over, or are dropped unused.
            for old in state.orders.configuration?.entries ?? [] {
                guard let reader = old.reader else { continue }
                if let index = configuration.entries.firstIndex(where: { $0.settings.name == old.settings.name }) {
                    configuration.entries[index].reader = reader
                } else {
                    state.names.remove(old.settings.name)
                }
            }
            state.names.formUnion(wanted)
            state.orders.configuration = configuration
        }
        wakeClient()
    }

    func drain(until deadline: UInt64) {
        state.withLock { $0.orders.deadline = $0.orders.deadline ?? deadline }
        wakeClient()
    }

    func asideEnded(_ end: AsideEnd) {
        state.withLock { $0.orders.asides.append(end) }
        wakeClient()
    }

    func status() -> ExporterStatus { state.withLock { $0.status } }

    private func wakeClient() { state.withLock { $0.waker }?.wake() }

    // For the exporter's thread

    func attach(_ waker: HTTPWaker) { state.withLock { $0.waker = waker } }

    func listen(_ listens: Bool) { isListening.store(listens, ordering: .sequentiallyConsistent) }

    /// What is new since the last call.
    func takeOrders() -> Orders {
        state.withLock { state in
            defer { state.orders = Orders() }
            return state.orders
        }
    }

    /// Lets a name go, unless it is wanted again meanwhile. `farewell` is over before `replace` can open its reader anew.
    func letGo(_ name: String, farewell: () -> Void) -> Bool {
        state.withLock { state in
            if state.wanted.contains(name) { return false }
            farewell()
            state.names.remove(name)
            return true
        }
    }

    func publish(turns: UInt64, at now: UInt64, _ destinations: [DestinationStatus]?) {
        state.withLock { state in
            state.status.turns = turns
            state.status.lastTurnBootNanoseconds = now
            if let destinations { state.status.destinations = destinations }
        }
    }
}
