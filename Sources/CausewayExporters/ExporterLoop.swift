internal import CausewayPlatform

/// The exporter's thread: takes orders, lets each destination do one thing, sleeps until something happens.
final class ExporterLoop {
    private let inbox: ExporterInbox
    private let surroundings: ExporterSurroundings
    private let client: HTTPClient
    private var workers: [DestinationWorker] = []
    private var owners: [HTTPTransferID: DestinationWorker] = [:]
    private var deadline: UInt64?
    private var turns: UInt64 = 0

    /// The longest sleep, in nanoseconds: who watches the loop sees it turn.
    private static let heartbeat: UInt64 = 5_000_000_000

    init(_ inbox: ExporterInbox, _ surroundings: ExporterSurroundings, _ client: HTTPClient) {
        self.inbox = inbox
        self.surroundings = surroundings
        self.client = client
    }

    func run() {
        inbox.attach(client.waker)
        while true {
            takeOrders()
            let isBusy = startRequests()
            letGo()
            publish()
            if isDone { break }
            poll(isBusy: isBusy)
        }
        for worker in workers { worker.abort(on: client) }
        publish()
    }

    private func takeOrders() {
        let orders = inbox.takeOrders()
        if let configuration = orders.configuration {
            for worker in workers where !configuration.entries.contains(where: { $0.settings.name == worker.name }) { worker.leave() }
            for entry in configuration.entries {
                if let worker = workers.first(where: { $0.name == entry.settings.name }) {
                    worker.update(entry.settings, entry.plan)
                } else if let reader = entry.reader {
                    workers.append(DestinationWorker(entry.settings, entry.plan, reader, surroundings))
                }
            }
        }
        for end in orders.asides { workers.first { $0.name == end.destination }?.asideEnded(end) }
        if let new = orders.deadline {
            deadline = new
            for worker in workers { worker.beginDrain(surroundings.clock.bootNanoseconds()) }
        }
    }

    /// One step for each destination, so that none waits for another's batches. True if there may be more to do at once.
    private func startRequests() -> Bool {
        var isBusy = false
        for worker in workers {
            switch worker.startOne(on: client) {
            case .started(let id):
                owners[id] = worker
                isBusy = true
            case .moved: isBusy = true
            case .nothing: break
            }
        }
        return isBusy
    }

    private func letGo() {
        workers.removeAll { worker in
            guard worker.isGone else { return false }
            // An answer may have divided what it was for: that goes back too.
            worker.abort(on: client)
            return inbox.letGo(worker.name) { surroundings.log(.removed(destination: worker.name)) }
        }
    }

    private func publish() {
        turns += 1
        let isChanged = workers.contains { $0.isChanged } || turns == 1 || workers.count != publishedCount
        publishedCount = workers.count
        inbox.publish(turns: turns, at: surroundings.clock.bootNanoseconds(), isChanged ? workers.map { $0.takeStatus() } : nil)
    }

    private var publishedCount = 0

    private var isDone: Bool {
        guard let deadline else { return false }
        let now = surroundings.clock.bootNanoseconds()
        return now >= deadline || workers.allSatisfy { $0.isDrained(now, deadline: deadline) }
    }

    private func poll(isBusy: Bool) {
        for completion in client.poll(timeout: isBusy ? .zero : sleep()) {
            guard let worker = owners.removeValue(forKey: completion.id) else { continue }
            if let next = worker.finish(completion, on: client) { owners[next] = worker }
        }
        inbox.listen(false)
    }

    /// How long nothing is to be done. Listens to appends if a destination has nothing before it; what was appended just before that is seen
    /// here, what comes after wakes us.
    private func sleep() -> Duration {
        inbox.listen(true)
        let now = surroundings.clock.bootNanoseconds()
        var wake = min(now + Self.heartbeat, deadline ?? .max)
        var listens = false
        for worker in workers {
            switch worker.sleep(now) {
            case .untilWoken: listens = true
            case .until(let time): wake = min(wake, time)
            case .untilAnswer: break
            }
        }
        if !listens { inbox.listen(false) }
        return .nanoseconds(Int64(wake > now ? wake - now : 0))
    }
}
