internal import CausewayPlatform
internal import CausewaySpool
internal import Logging
internal import Synchronization

/// The one thread on which everything is derived from the log, in a fixed order: agent events, what traces mean, metrics.
///
/// It wakes when something was appended and when a deriver's time has come. Ends by `drain`, which must be called.
final class DerivingLoop: Sendable {
    private let inbox = Mailbox<Message>()
    private let clock: any Clock
    private let log: Logger
    private let state = Mutex(State())
    private let thread: Mutex<WorkThread?>

    private enum Message: Sendable {
        case appended
        case reload(Configuration)
        case drain(until: UInt64)
    }

    private struct State {
        var failures: [String: String] = [:]
        var turns: UInt64 = 0
        var lastTurnBootNanoseconds: UInt64 = 0
    }

    init(clock: any Clock, log: Logger) {
        self.clock = clock
        self.log = log
        thread = Mutex(nil)
        state.withLock { $0.lastTurnBootNanoseconds = clock.bootNanoseconds() }
    }

    /// Begins to derive; `derivers` are used by nobody else from here on.
    func start(_ derivers: [any Deriving]) {
        let handed = HandedOver(derivers)
        thread.withLock { thread in
            precondition(thread == nil, "a loop runs once")
            thread = WorkThread(name: "deriving") { [self] in run(handed.value) }
        }
    }

    /// Something was appended. May be called from any thread, also before the start.
    func wake() { inbox.send(.appended) }

    func reload(_ configuration: Configuration) { inbox.send(.reload(configuration)) }

    /// Brings everything to its end that can be until `deadline` on the boot-time clock; what is left the next start goes on with.
    func drain(until deadline: UInt64) {
        inbox.send(.drain(until: deadline))
        inbox.close()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    /// Who cannot go on at the moment, and why.
    var failures: [String: String] { state.withLock { $0.failures } }

    /// When the loop last went round, on the boot-time clock: at least every five seconds.
    var lastTurnBootNanoseconds: UInt64 { state.withLock { $0.lastTurnBootNanoseconds } }

    // MARK: The thread

    private static let longestWait: Duration = .seconds(5)
    private static let firstRetry: UInt64 = 1_000_000_000
    private static let lastRetry: UInt64 = 30_000_000_000
    /// Nothing is heard when there is room again; and what derivers hold is what would have to go for it.
    private static let fullRetry: UInt64 = 1_000_000_000

    /// A deriver and when it is to be asked next.
    private struct Place {
        var deriver: any Deriving
        var nextNanoseconds: UInt64? = 0
        /// After failures: not before, and how long the last pause was.
        var blockedUntil: UInt64 = 0
        var pause: UInt64 = 0
        /// When it was last said that it cannot go on; 0 when it can.
        var saidNanoseconds: UInt64 = 0
    }

    private func run(_ derivers: [any Deriving]) {
        var places = derivers.map { Place(deriver: $0) }
        var drainDeadline: UInt64?
        while true {
            let now = clock.bootNanoseconds()
            state.withLock { state in
                state.turns += 1
                state.lastTurnBootNanoseconds = now
            }
            var isIdle = true
            for index in places.indices {
                guard places[index].nextNanoseconds.map({ $0 <= now }) == true, places[index].blockedUntil <= now else { continue }
                isIdle = turn(&places[index], isDraining: drainDeadline != nil) && isIdle
            }
            if let drainDeadline {
                // Asked once more each time somebody had something to do: what one derives another has to see.
                if isIdle && places.allSatisfy({ $0.blockedUntil <= now || $0.blockedUntil > drainDeadline }) || now >= drainDeadline {
                    return
                }
                if isIdle { CausewayPlatform.pause(.milliseconds(10)) }
                for index in places.indices { places[index].nextNanoseconds = 0 }
                continue
            }
            guard let messages = inbox.receiveAll(timeout: isIdle ? wait(places) : .zero) else { return }
            for message in messages {
                switch message {
                case .appended: for index in places.indices { places[index].nextNanoseconds = 0 }
                case .reload(let configuration): for place in places { place.deriver.reload(configuration) }
                case .drain(let deadline):
                    drainDeadline = deadline
                    for index in places.indices { (places[index].nextNanoseconds, places[index].blockedUntil) = (0, 0) }
                }
            }
        }
    }

    /// True when the deriver has nothing to do at the moment.
    private func turn(_ place: inout Place, isDraining: Bool) -> Bool {
        let name = place.deriver.name
        let moment = DerivingMoment(
            bootNanoseconds: clock.bootNanoseconds(),
            wallNanoseconds: clock.wallNanoseconds(),
            isDraining: isDraining
        )
        do throws(SpoolError) {
            let pause = try place.deriver.turn(moment)
            if place.pause > 0 {
                log.info("derives again", metadata: ["deriver": "\(name)"])
                state.withLock { $0.failures[name] = nil }
            }
            (place.blockedUntil, place.pause, place.saidNanoseconds) = (0, 0, 0)
            switch pause {
            case .none: place.nextNanoseconds = 0
            case .until(let time): place.nextNanoseconds = time
            case .untilAppended: place.nextNanoseconds = nil
            }
            return pause != .none
        } catch {
            let now = moment.bootNanoseconds
            if place.saidNanoseconds == 0 || now - place.saidNanoseconds >= Self.lastRetry {
                place.saidNanoseconds = now
                log.error("cannot derive from the log at the moment; tried again", metadata: ["deriver": "\(name)", "reason": "\(error)"])
            }
            state.withLock { $0.failures[name] = "\(error)" }
            let isFull = if case .full = error { true } else { false }
            place.pause = isFull ? Self.fullRetry : min(max(place.pause * 2, Self.firstRetry), Self.lastRetry)
            place.blockedUntil = moment.bootNanoseconds + place.pause
            place.nextNanoseconds = 0
            return true
        }
    }

    private func wait(_ places: [Place]) -> Duration {
        let now = clock.bootNanoseconds()
        let times = places.compactMap { place in place.nextNanoseconds.map { max($0, place.blockedUntil) } }
        guard let next = times.min() else { return Self.longestWait }
        return next > now ? min(.nanoseconds(Int64(clamping: next - now)), Self.longestWait) : .zero
    }
}
