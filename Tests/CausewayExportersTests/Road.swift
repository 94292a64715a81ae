import CausewayExporters
import CausewayPlatform
import CausewaySpool
import Synchronization
import TestSupport

/// A log in memory, an exporter and a backend on loopback, with short times. The exporter begins with `run`.
final class Road {
    let backend: FakeDestination
    let reader: FakeReader
    private(set) var exporter: Exporter!
    let budget: Budget
    private(set) var drainDuration = Duration.zero
    private let log = EventLog()
    private let destinations: [Destination]

    init(
        isOpen: Bool = true,
        budget: Budget = Budget(limit: 64 << 20),
        others: [Destination] = [],
        rendering: (@Sendable ([Part]) -> Rendered)? = nil,
        reducing: (@Sendable (Part, Int) -> Rendered?)? = nil,
        changing: (inout DestinationSettings) -> Void = { _ in },
        script: @escaping @Sendable (FakeDestination.Request) -> FakeDestination.Reply
    ) {
        backend = FakeDestination(isOpen: isOpen, script: script)
        reader = FakeReader()
        self.budget = budget
        var destination = Self.destination("backend", backend, reader, changing: changing)
        if let rendering { destination.plan.render = rendering }
        if let reducing { destination.plan.reduce = reducing }
        destinations = [destination] + others
    }

    var events: [ExporterEvent] { log.events }
    var status: DestinationStatus? { exporter.status().destinations.first { $0.name == "backend" } }
    /// The items in all requests, in the order of the requests.
    var itemsSent: [String] { backend.requests.flatMap { FakeReader.items($0.body) } }
    /// The items in requests whose size the script of a test that halves may have taken.
    var itemsTaken: [String] { reader.outcomes[.delivered] ?? [] }

    /// Appends one item after the other, each when the one before has arrived; how many did, each within four seconds.
    func sendOneByOne(_ count: Int) async -> Int {
        for sent in 0..<count {
            let before = reader.deliveredCount
            reader.append()
            exporter.wake()
            guard await eventually(within: .seconds(4), { reader.deliveredCount > before }) else { return sent }
        }
        return count
    }

    /// Runs a test's body, then drains the exporter and stops the backend, whatever happened.
    func run(drain: Duration = .seconds(2), _ body: () async throws -> Void) async throws {
        exporter = try Exporter(
            destinations,
            budget: budget,
            clock: SystemClock(),
            userAgent: "causeway/test",
            spread: { 0 },
            log: { [log] in log.add($0) }
        )
        defer {
            drainDuration = ContinuousClock().measure {
                exporter.drain(until: SystemClock().bootNanoseconds() + UInt64(drain.inNanoseconds))
            }
            backend.stop()
        }
        try await body()
    }

    static func destination(
        _ name: String,
        _ backend: FakeDestination,
        _ reader: FakeReader,
        opened: Opened = Opened(),
        changing: (inout DestinationSettings) -> Void = { _ in }
    ) -> Destination {
        var settings = DestinationSettings(
            name: name,
            urls: [1: backend.url + "/v1/1", 2: backend.url + "/v1/2", 3: backend.url + "/v1/3"],
            orderedSignals: [2],
            headers: [HTTPHeader("Authorization", "Bearer t")],
            linger: .milliseconds(5),
            backoff: Backoff(initial: .milliseconds(10), limit: .milliseconds(40))
        )
        changing(&settings)
        let plan = PayloadPlan.joining(
            contentType: "text/plain",
            slice: { payload, _, items in FakeReader.slice(payload, items) },
            partialSuccess: { body, type, _ in
                guard type == "text/x-partial" else { return nil }
                let words = String(decoding: body, as: UTF8.self).split(separator: " ", maxSplits: 1)
                return PartialSuccess(rejected: Int(words[0])!, message: String(words[1]))
            }
        )
        return Destination(settings: settings, plan: plan) { () throws(SpoolError) in
            opened.add(name)
            return reader
        }
    }
}

/// Names of the readers that were opened.
final class Opened: Sendable {
    private let list = Mutex<[String]>([])

    var names: [String] { list.withLock { $0 } }
    func add(_ name: String) { list.withLock { $0.append(name) } }
}

/// Set once, seen from any thread.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

private final class EventLog: Sendable {
    private let list = Mutex<[ExporterEvent]>([])

    var events: [ExporterEvent] { list.withLock { $0 } }
    func add(_ event: ExporterEvent) { list.withLock { $0.append(event) } }
}

/// Wakes an exporter that is made later.
final class Waker: Sendable {
    private let held = Mutex<Exporter?>(nil)

    var exporter: Exporter? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    func wake() { exporter?.wake() }
}
