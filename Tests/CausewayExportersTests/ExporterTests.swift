import CausewayExporters
import CausewayPlatform
import CausewaySpool
import TestSupport
import Testing

/// The exporter with real requests over loopback.
struct ExporterTests {
    // The plain road

    @Test func `what waits is joined into one request and delivered once`() async throws {
        let road = Road { _ in .answer(200) }
        for _ in 0..<50 { road.reader.append(items: 2) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 100 })
            #expect(road.backend.requests.count == 1)
            #expect(road.itemsSent == (1...50).flatMap { ["\($0).0", "\($0).1"] })
            #expect(road.backend.requests.first?.path == "/v1/1")
            #expect(road.backend.requests.first?.headers["content-type"] == "text/plain")
            #expect(road.backend.requests.first?.headers["authorization"] == "Bearer t")
            #expect(await eventually { road.status?.deliveredItems == [1: 100] })
            #expect(road.status?.requests == [.accepted: 1])
            #expect(road.status?.state == .ok)
            #expect(await eventually { road.status?.inFlight == 0 && road.status?.heldBytes == 0 })
            #expect(road.status?.sendDuration.count == 1)
            #expect(road.status?.lastSuccessWallNanoseconds != nil)
        }
        #expect(road.budget.usedBytes == 0)
    }

    @Test func `an append wakes a sleeping exporter`() async throws {
        let road = Road { _ in .answer(200) }
        try await road.run {
            try await Task.sleep(for: .milliseconds(50))
            #expect(await road.sendOneByOne(20) == 20, "each well before the heartbeat")
        }
    }

    @Test func `signals and tenants do not share requests, and what is not taken is passed over`() async throws {
        let road = Road(changing: { $0.urls[3] = nil }) { _ in .answer(200) }
        for (signal, tenant) in [(1, "a"), (2, "a"), (1, "b"), (1, "a"), (3, "a")] {
            road.reader.append(signal: UInt8(signal), tenant: tenant)
        }
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(
                Set(road.backend.requests.map { $0.path + " " + FakeReader.items($0.body).joined(separator: " ") }) == [
                    "/v1/1 1.0 4.0", "/v1/2 2.0", "/v1/1 3.0",
                ]
            )
            #expect(road.reader.outcomes[.filtered(rule: "signal")] == ["5.0"])
        }
    }

    @Test(arguments: [ContentEncoding.identity, .gzip, .zstd, .deflate])
    func `a body decodes by the encoding it names`(encoding: ContentEncoding) async throws {
        let road = Road(changing: { $0.compression = encoding }) { _ in .answer(200) }
        for _ in 0..<100 { road.reader.append(items: 3, padding: 100) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 300 })
            let request = try #require(road.backend.requests.first)
            #expect(request.headers["content-encoding"] == (encoding == .identity ? nil : encoding.rawValue))
            let body = try encoding.decompressed(request.body, limit: 1 << 20)
            #expect(FakeReader.items(body).count == 300)
            #expect(await eventually { (road.status?.bytesSent ?? 0) > 0 })
            let status = try #require(road.status)
            #expect(status.bytesBeforeCompression == body.count)
            #expect(status.bytesSent == request.body.count)
            #expect(encoding == .identity || status.bytesSent < status.bytesBeforeCompression / 5)
        }
        #expect(road.budget.usedBytes == 0)
    }

    @Test func `a large backlog goes in requests of the configured size, several at once`() async throws {
        let arrived = Counter()
        let road = Road(changing: { $0.batchBytes = 10_000 }) { _ in
            arrived.next()
            return .held(200, until: { arrived.value >= 4 })
        }
        for _ in 0..<200 { road.reader.append(items: 1, padding: 1000) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 200 })
            #expect(road.backend.mostActive == 4)
            #expect(road.backend.requests.allSatisfy { $0.body.count < 12_000 })
            #expect(road.backend.requests.count < 25)
        }
    }

    @Test func `a tenant's metrics go one request after the other, in order; other tenants' go beside them`() async throws {
        let arrived = Counter()
        let road = Road(changing: { $0.batchBytes = 3000 }) { _ in
            arrived.next()
            return .held(200, until: { arrived.value >= 2 })
        }
        for index in 0..<60 { road.reader.append(signal: 2, tenant: index % 2 == 0 ? "even" : "odd", padding: 1000) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 60 })
            for parity in [0, 1] {
                let sequences = road.itemsSent.compactMap { Int($0.prefix { $0 != "." }) }.filter { $0 % 2 == parity }
                #expect(sequences == sequences.sorted())
            }
            #expect(road.backend.mostActive == 2)
        }
    }

    // Trouble

    @Test(arguments: [
        FakeDestination.Reply.answer(429), .answer(500), .answer(502), .answer(503), .answer(504), .answer(408), .reset, .close,
        .cut(200, promised: 10, body: []), .answer(401), .answer(403), .answer(404), .answer(301, headers: ["Location": "/x"]),
        .answer(508),
    ])
    func `what can be mended is tried again until it is taken, with the same items`(reply: FakeDestination.Reply) async throws {
        let road = Road { $0.number < 3 ? reply : .answer(200) }
        road.reader.append(items: 3)
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 3 })
            #expect(road.backend.requests.map { FakeReader.items($0.body) } == [[String]](repeating: ["1.0", "1.1", "1.2"], count: 4))
            #expect(await eventually { road.status?.state == .ok })
            #expect(road.status?.retries == 3)
            #expect(road.status?.lastError != nil)
            #expect(road.events.count == 2, "one line when it begins and one when it ends: \(road.events)")
            #expect(road.events.last == .recovered(destination: "backend", failures: 3))
        }
    }

    @Test func `nobody there is trouble like any other`() async throws {
        let road = Road(isOpen: false) { _ in .answer(200) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { (road.status?.retries ?? 0) >= 2 })
            #expect(road.status?.lastError?.contains("Connection refused") == true)
            #expect(road.status?.heldBytes == 0, "nothing waits in memory for a destination that is away")
            road.backend.open()
            #expect(await eventually { road.reader.deliveredCount == 1 })
        }
    }

    @Test func `a destination that is away gets one request at a time, until it takes one`() async throws {
        let isUp = Flag()
        let arrived = Counter()
        let road = Road(changing: { $0.batchBytes = 1000 }) { _ in
            guard isUp.isSet else { return .answer(503) }
            return arrived.next() == 1 ? .answer(200) : .held(200, until: { arrived.value >= 5 })
        }
        for _ in 0..<40 { road.reader.append(padding: 1000) }
        try await road.run {
            #expect(await eventually { road.backend.requests.count >= 20 })
            #expect(road.reader.handedOutCount <= 1, "only what is being tried")
            let others = road.backend.requests.filter { FakeReader.items($0.body) != ["1.0"] }
            // Each of the volley's other three, and once more where the oldest was still waiting for its answer.
            #expect(others.count <= 6, "after the first volley, the oldest only")
            isUp.set()
            #expect(await eventually { road.reader.deliveredCount == 40 })
            #expect(road.backend.mostActive == 4, "and all of them when it is back")
        }
    }

    @Test func `a wish for a pause is honoured`() async throws {
        let road = Road { $0.number == 0 ? .answer(503, headers: ["Retry-After": "1"]) : .answer(200) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            let arrivals = road.backend.requests.map(\.arrived)
            #expect(arrivals.count == 2)
            // The pause begins with the answer, which is a little after the arrival.
            #expect(arrivals[0].duration(to: arrivals[1]) >= .seconds(1))
        }
    }

    @Test func `a refusal is shown as a pause, with the destination's words`() async throws {
        let road = Road(changing: { $0.backoff = Backoff(initial: .milliseconds(10), limit: .seconds(600)) }) { _ in
            .answer(401, body: [UInt8]("token expired".utf8))
        }
        road.reader.append()
        try await road.run {
            #expect(await eventually { if case .paused(401, let until)? = road.status?.state { until > 0 } else { false } })
            #expect(road.events == [.paused(destination: "backend", status: 401, reason: "HTTP 401: token expired")])
            #expect(road.reader.pendingCount == 1)
            #expect(road.reader.handedOutCount == 0)
        }
    }

    @Test func `a dead destination beside a healthy one delays nothing`() async throws {
        let dead = FakeDestination { _ in .hang }
        let deadReader = FakeReader(name: "dead")
        defer { dead.stop() }
        let road = Road(others: [Road.destination("dead", dead, deadReader, changing: { $0.timeout = .seconds(60) })]) { _ in .answer(200) }
        for _ in 0..<10 { deadReader.append() }
        try await road.run {
            #expect(await eventually { dead.requests.count == 1 })
            #expect(await road.sendOneByOne(50) == 50)
            #expect(deadReader.pendingCount == 10)
        }
        #expect(deadReader.handedOutCount == 0, "given back at the end")
    }

    @Test func `a log that fails for a moment loses nothing`() async throws {
        let road = Road { _ in .answer(200) }
        road.reader.append(items: 4)
        road.reader.fail(times: 1)
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 4 })
            #expect(road.events == [.logFailed(destination: "backend", reason: "the spool is closed")])
        }
    }

    // Content that is not taken

    @Test func `too large is halved until it is taken, and the size remembered`() async throws {
        let limit = 1000
        let road = Road(changing: { $0.batchBytes = 1_000_000 }) { $0.body.count > limit ? .answer(413) : .answer(200) }
        for _ in 0..<16 { road.reader.append(items: 4, padding: 100) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 64 })
            #expect(Set(road.itemsTaken).count == 64)
            #expect(road.itemsTaken.count == 64, "none twice")
        }
    }

    @Test func `a single item that is too large is set aside, with the reason, and the ones behind it go on`() async throws {
        let road = Road { $0.body.count > 500 ? .answer(413, body: [UInt8]("too big".utf8)) : .answer(200) }
        road.reader.append(items: 2)
        road.reader.append(items: 1, padding: 600)
        road.reader.append(items: 2)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes == [.delivered: ["1.0", "1.1", "3.0", "3.1"], .quarantined: ["2.0"]])
            #expect(road.events == [.quarantined(destination: "backend", signal: 1, items: 1, reason: "HTTP 413: too big")])
            #expect(await eventually { road.status?.quarantinedItems == [1: 1] })
        }
    }

    @Test func `nothing larger than configured is sent`() async throws {
        let road = Road(changing: { $0.requestLimitBytes = 500 }) { _ in .answer(200) }
        road.reader.append(items: 40, padding: 50)
        road.reader.append(items: 1, padding: 600)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.deliveredCount == 40)
            #expect(road.reader.outcomes[.quarantined] == ["2.0"])
            #expect(road.backend.requests.allSatisfy { $0.body.count <= 500 })
        }
    }

    @Test(arguments: [400, 422])
    func `only the bad item is set aside`(status: Int) async throws {
        let road = Road { FakeReader.items($0.body).contains("5.3") ? .answer(status) : .answer(200) }
        for _ in 0..<10 { road.reader.append(items: 7) }
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes[.quarantined] == ["5.3"])
            #expect(road.itemsTaken.count == 69)
            #expect(road.backend.requests.count < 20, "by halves")
        }
        #expect(road.budget.usedBytes == 0)
    }

    @Test func `trouble in the middle of a bisection sends nothing twice that was taken`() async throws {
        let road = Road { request in
            if FakeReader.items(request.body).contains("1.5") { return .answer(400) }
            return request.number % 3 == 2 ? .answer(503) : .answer(200)
        }
        road.reader.append(items: 16)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes[.quarantined] == ["1.5"])
            #expect(road.reader.deliveredCount == 15)
        }
    }

    @Test func `a search that is interrupted at every second step still finds the bad item`() async throws {
        // In order, so that no good half goes before the bad one.
        let road = Road { request in
            if request.number % 2 == 1 { return .answer(503) }
            return FakeReader.items(request.body).contains("1.0") ? .answer(400) : .answer(200)
        }
        road.reader.append(signal: 2, items: 64)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes[.quarantined] == ["1.0"])
        }
    }

    @Test func `a partial success is counted and never sent again`() async throws {
        let road = Road { _ in .answer(200, headers: ["Content-Type": "text/x-partial"], body: [UInt8]("3 names too long".utf8)) }
        road.reader.append(items: 2)
        road.reader.append(items: 3)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            let reason = "partial success: names too long"
            #expect(road.reader.outcomes == [.delivered: ["1.0", "1.1"], .rejected(reason: reason): ["2.0", "2.1", "2.2"]])
            #expect(road.events == [.rejected(destination: "backend", signal: 1, items: 3, reason: reason)])
            #expect(road.backend.requests.count == 1)
        }
    }

    @Test(arguments: [("99 all", 0, 2), ("0 look out", 2, 0), ("-4 odd", 2, 0)])
    func `a partial success never counts more than was sent, and a warning rejects nothing`(
        body: String,
        delivered: Int,
        rejected: Int
    ) async throws {
        let road = Road { _ in .answer(200, headers: ["Content-Type": "text/x-partial"], body: [UInt8](body.utf8)) }
        road.reader.append(items: 2)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.deliveredCount == delivered)
            #expect(await eventually { road.status?.rejectedItems[1] ?? 0 == rejected })
            #expect(road.events.count == 1)
        }
    }

    @Test(arguments: [
        FakeDestination.Reply.answer(202), .answer(204),
        .answer(200, headers: ["Content-Type": "text/html"], body: [UInt8]("<html>thanks".utf8)),
        .answer(200, body: [UInt8](repeating: 0xff, count: 100_000)), .endless(200),
    ])
    func `any success counts, whatever comes with it`(reply: FakeDestination.Reply) async throws {
        let road = Road { _ in reply }
        road.reader.append(items: 2)
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 2 })
            #expect(road.backend.requests.count == 1)
        }
    }

    @Test func `what the plan leaves out is filtered, and an empty request is not sent`() async throws {
        let road = Road(rendering: { parts in
            Rendered(
                pieces: parts.filter { $0.items.count > 1 }.map(\.frame.payload),
                filtered: [
                    "single": parts.filter { $0.items.count == 1 }.map { ItemRange(sequence: $0.frame.sequence, first: 0, count: 1) }
                ]
            )
        }) { _ in .answer(200) }
        road.reader.append(tenant: "a")
        road.reader.append(tenant: "b", items: 2)
        road.reader.append(tenant: "b")
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes == [.delivered: ["2.0", "2.1"], .filtered(rule: "single"): ["1.0", "3.0"]])
            #expect(road.backend.requests.count == 1)
        }
    }

    @Test(arguments: [(FakeDestination.Reply.answer(500), 500), (.reset, 0), (.close, 0)])
    func `what breaks a destination is set aside once others got through, and only that`(
        reply: FakeDestination.Reply,
        status: Int
    ) async throws {
        let road = Road { FakeReader.items($0.body).contains("1.3") ? reply : .answer(200) }
        road.reader.append(items: 8)
        try await road.run {
            try await Task.sleep(for: .milliseconds(300))
            #expect(road.reader.pendingCount == 8, "with nothing else to send it may be the destination")
            let end = ContinuousClock.now + .seconds(20)
            while road.reader.aside.isEmpty, ContinuousClock.now < end {
                road.reader.append()
                road.exporter.wake()
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes[.quarantined] == ["1.3"])
            #expect(road.reader.aside.map(\.answer.status) == [status])
        }
        #expect(road.budget.usedBytes == 0)
    }

    @Test(arguments: [FakeDestination.Reply.answer(500), .reset])
    func `an outage sets nothing aside, however long`(reply: FakeDestination.Reply) async throws {
        let isUp = Flag()
        let road = Road { _ in isUp.isSet ? .answer(200) : reply }
        for _ in 0..<20 { road.reader.append(items: 3) }
        try await road.run {
            #expect(await eventually { road.backend.requests.count > 40 })
            isUp.set()
            #expect(await eventually { road.reader.deliveredCount == 60 })
            #expect(road.reader.aside.isEmpty)
        }
    }

    @Test func `a destination that refuses all there is keeps it, until it takes something`() async throws {
        let isUp = Flag()
        let road = Road { _ in isUp.isSet ? .answer(200) : .answer(422, body: [UInt8]("which experiment?".utf8)) }
        for _ in 0..<5 { road.reader.append(items: 20) }
        try await road.run {
            #expect(await eventually { if case .paused(422, _)? = road.status?.state { true } else { false } })
            isUp.set()
            #expect(await eventually { road.reader.deliveredCount >= 97 })
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.aside.count <= 3, "what was offered again and again at the head")
        }
    }

    @Test func `what is set aside keeps its bytes and the destination's words`() async throws {
        let road = Road { request in
            FakeReader.items(request.body).contains("1.2")
                ? .answer(400, headers: ["Content-Type": "text/plain"], body: [UInt8]("1.2 is wrong".utf8)) : .answer(200)
        }
        road.reader.append(tenant: "acme", items: 4)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            let aside = try #require(road.reader.aside.first)
            #expect(aside.payload == [UInt8]("1.2\n".utf8))
            #expect(aside.tenant == "acme")
            #expect(aside.answer == QuarantineAnswer(status: 400, contentType: "text/plain", body: [UInt8]("1.2 is wrong".utf8)))
            #expect(aside.reason == "HTTP 400: 1.2 is wrong")
        }
    }

    @Test func `what there is no room to set aside is rejected, with the reason`() async throws {
        let road = Road { FakeReader.items($0.body).contains("1.0") ? .answer(400) : .answer(200) }
        road.reader.keepNothingAside()
        road.reader.append(items: 2)
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes == [.delivered: ["1.1"], .rejected(reason: "HTTP 400"): ["1.0"]])
        }
    }

    @Test func `a tenant that is not wanted is left out by rule`() async throws {
        let road = Road(changing: { $0.tenants = ["acme", ""] }) { _ in .answer(200) }
        for tenant in ["acme", "", "other"] { road.reader.append(tenant: tenant) }
        try await road.run {
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(road.reader.outcomes == [.delivered: ["1.0", "2.0"], .filtered(rule: "tenant"): ["3.0"]])
        }
    }

    @Test func `new data go beside a backlog, one batch in four`() async throws {
        let road = Road(changing: {
            $0.batchBytes = 1000
            $0.maxInFlight = 1
        }) { _ in .late(.milliseconds(3), 200) }
        for _ in 0..<200 { road.reader.append(padding: 1000) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount >= 20 })
            for _ in 0..<10 { road.reader.append(padding: 1000) }
            #expect(await eventually { road.reader.pendingCount == 0 })
            let order = road.itemsSent
            let last = try #require(order.lastIndex { (201...210).map { "\($0).0" }.contains($0) })
            #expect(last < 120, "the new ones had their share: the last went as number \(last)")
            #expect(Set(order).count == 210 && order.count == 210)
        }
    }

    @Test func `a thin link is not filled beyond its rate`() async throws {
        let road = Road(changing: {
            $0.bytesPerSecond = 50_000
            $0.timeout = .seconds(1)
        }) { _ in .answer(200) }
        for _ in 0..<40 { road.reader.append(padding: 1000) }
        let began = ContinuousClock.now
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 40 })
            let took = began.duration(to: .now)
            #expect(took > .milliseconds(450), "\(took)")
            #expect(road.backend.requests.allSatisfy { $0.body.count < 14_000 }, "none that would take longer than it may")
        }
    }

    @Test func `a single item that is too large is sent with less content, as long as that helps`() async throws {
        let road = Road(reducing: { _, bytes in Rendered(pieces: [[UInt8](repeating: 0x30, count: bytes)]) }) {
            $0.body.count > 3000 ? .answer(413) : .answer(200)
        }
        road.reader.append(padding: 20_000)
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            #expect(road.backend.requests.map(\.body.count).last == 2500)
        }
    }

    @Test(arguments: [404, 405])
    func `a signal whose path is not there waits alone, and goes when it is`(status: Int) async throws {
        let isThere = Flag()
        let road = Road(changing: { $0.backoff.limit = .milliseconds(300) }) {
            $0.path == "/v1/2" && !isThere.isSet ? .answer(status) : .answer(200)
        }
        road.reader.append(signal: 2)
        road.reader.append(signal: 1)
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            for _ in 0..<10 {
                road.reader.append(signal: 2)
                road.reader.append(signal: 1)
            }
            road.exporter.wake()
            #expect(await eventually { road.reader.deliveredCount == 11 })
            #expect(await eventually { road.status?.mutedSignals == [2] })
            #expect(road.reader.pendingCount == 11)
            #expect(road.backend.requests.count { $0.path == "/v1/2" } < 10, "it is not hammered")
            isThere.set()
            #expect(await eventually { road.reader.pendingCount == 0 })
            #expect(await eventually { road.status?.mutedSignals == [] })
            #expect(road.reader.aside.isEmpty)
        }
    }

    // Redirects

    @Test(arguments: [307, 308])
    func `a redirect within the origin is followed with everything`(status: Int) async throws {
        let road = Road { $0.path == "/there" ? .answer(200) : .answer(status, headers: ["Location": "/there"]) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            let request = try #require(road.backend.requests.last)
            #expect(request.path == "/there")
            #expect(request.headers["authorization"] == "Bearer t")
            #expect(FakeReader.items(request.body) == ["1.0"])
            #expect(road.events == [.redirected(destination: "backend", to: road.backend.url + "/there")])
        }
    }

    @Test func `a redirect to another origin is followed without credentials`() async throws {
        let elsewhere = FakeDestination()
        defer { elsewhere.stop() }
        let url = elsewhere.url
        let road = Road { _ in .answer(307, headers: ["Location": url + "/in"]) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            let request = try #require(elsewhere.requests.first)
            #expect(request.headers["authorization"] == nil)
            #expect(request.headers["content-type"] == "text/plain")
        }
    }

    @Test func `redirects in a circle end in a pause`() async throws {
        let road = Road(changing: { $0.backoff.limit = .seconds(600) }) { _ in .answer(307, headers: ["Location": "/again"]) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { if case .paused(307, let until)? = road.status?.state { until > 0 } else { false } })
            #expect(road.backend.requests.count == 4)
            #expect(road.reader.pendingCount == 1)
        }
    }

    // Memory

    @Test func `a spent budget slows down and does not stop`() async throws {
        let budget = Budget(limit: 5000)
        #expect(budget.reserve(4900))
        let road = Road(budget: budget, changing: { $0.batchBytes = 2000 }) { _ in .late(.milliseconds(5), 200) }
        for _ in 0..<20 { road.reader.append(padding: 1000) }
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 20 })
            #expect(road.backend.mostActive == 1, "one batch is always allowed, and not more")
        }
        #expect(budget.usedBytes == 4900)
    }

    @Test func `what must wait for an answer is not read without end`() async throws {
        let isOver = Flag()
        let road = Road(changing: { $0.batchBytes = 1000 }) { _ in .held(200, until: { isOver.isSet }) }
        for _ in 0..<50 { road.reader.append(signal: 2, padding: 1000) }
        try await road.run {
            #expect(await eventually { road.reader.handedOutCount >= 4 })
            try await Task.sleep(for: .milliseconds(200))
            #expect(road.reader.handedOutCount == 4, "as many batches as may be in flight")
            isOver.set()
            #expect(await eventually { road.reader.deliveredCount == 50 })
        }
    }

    // Life

    @Test func `an exporter with nothing to do does not turn`() async throws {
        let road = Road { _ in .answer(200) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { road.reader.deliveredCount == 1 })
            try await Task.sleep(for: .milliseconds(300))
            let before = road.exporter.status().turns
            try await Task.sleep(for: .seconds(1))
            #expect(road.exporter.status().turns - before <= 1)
        }
    }

    @Test func `an exporter that waits out a failure does not turn`() async throws {
        let road = Road(changing: { $0.backoff = Backoff(initial: .seconds(600), limit: .seconds(600)) }) { _ in .answer(503) }
        road.reader.append()
        try await road.run {
            #expect(await eventually { if case .backingOff(let until)? = road.status?.state { until > 0 } else { false } })
            try await Task.sleep(for: .milliseconds(300))
            let before = road.exporter.status().turns
            for _ in 0..<100 {
                road.reader.append()
                road.exporter.wake()
            }
            try await Task.sleep(for: .seconds(1))
            #expect(road.exporter.status().turns - before <= 2)
        }
    }

    @Test func `draining sends what is there, without waiting for more`() async throws {
        let road = Road(changing: { $0.linger = .seconds(600) }) { _ in .late(.milliseconds(50), 200) }
        for _ in 0..<5 { road.reader.append(items: 2) }
        try await road.run {
            try await Task.sleep(for: .milliseconds(50))
            #expect(road.backend.requests.isEmpty, "it lingers")
        }
        #expect(road.reader.deliveredCount == 10)
    }

    @Test func `draining ends at the deadline, and what is under way goes back to the log`() async throws {
        let road = Road { _ in .hang }
        road.reader.append(items: 2)
        try await road.run(drain: .milliseconds(300)) { #expect(await eventually { road.backend.requests.count == 1 }) }
        #expect(road.drainDuration < .seconds(5))
        #expect(road.reader.pendingCount == 2)
        #expect(road.reader.handedOutCount == 0)
        #expect(road.budget.usedBytes == 0)
    }

    @Test func `draining does not wait for a destination that was failing already, but asks it once more`() async throws {
        let road = Road(changing: { $0.backoff = Backoff(initial: .seconds(600), limit: .seconds(600)) }) { _ in .answer(503) }
        road.reader.append()
        try await road.run(drain: .seconds(600)) {
            #expect(await eventually { if case .backingOff(let until)? = road.status?.state { until > 0 } else { false } })
        }
        #expect(road.drainDuration < .seconds(20))
        #expect(road.backend.requests.count == 2)
        #expect(road.reader.handedOutCount == 0)
    }

    @Test func `draining tries a destination again that fails only then`() async throws {
        let road = Road(changing: { $0.linger = .seconds(600) }) { $0.number < 2 ? .answer(503) : .answer(200) }
        road.reader.append()
        try await road.run(drain: .seconds(600)) {}
        #expect(road.reader.deliveredCount == 1)
    }

    @Test func `a thousand requests leave no descriptor behind`() async throws {
        let road = Road(changing: { $0.linger = .zero }) { request in
            request.number % 50 == 7 ? .close : request.number % 50 == 9 ? .reset : .answer(200)
        }
        try await road.run {
            #expect(await road.sendOneByOne(1000) == 1000)
            #expect(road.backend.openConnections <= 4)
            #expect(road.backend.connections < 100)
        }
        #expect(await eventually { road.backend.openConnections == 0 })
    }
}
