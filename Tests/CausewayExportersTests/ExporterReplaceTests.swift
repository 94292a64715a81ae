import CausewayExporters
import CausewayPlatform
import CausewaySpool
import TestSupport
import Testing

/// A new configuration for a running exporter.
struct ExporterReplaceTests {
    @Test func `a destination may come, and its reader is opened once`() async throws {
        let road = Road { _ in .answer(200) }
        let second = FakeDestination()
        defer { second.stop() }
        let reader = FakeReader(name: "second")
        reader.append()
        let opened = Opened()
        try await road.run {
            for _ in 0..<2 {
                try road.exporter.replace([
                    Road.destination("backend", road.backend, road.reader, opened: opened),
                    Road.destination("second", second, reader, opened: opened),
                ])
            }
            #expect(await eventually { reader.deliveredCount == 1 })
            #expect(opened.names == ["second"])
            #expect(road.exporter.status().destinations.map(\.name) == ["backend", "second"])
        }
    }

    @Test func `a destination that goes gets its last answers and is let go`() async throws {
        let isLeaving = Flag()
        let road = Road(changing: { $0.maxInFlight = 1 }) { _ in .held(200, until: { isLeaving.isSet }) }
        for _ in 0..<3 { road.reader.append(tenant: "a") }
        road.reader.append(tenant: "b")
        try await road.run {
            #expect(await eventually { road.backend.requests.count == 1 })
            try road.exporter.replace([])
            #expect(await eventually { road.status?.state == .leaving })
            isLeaving.set()
            #expect(await eventually { road.events.contains(.removed(destination: "backend")) })
            #expect(road.reader.deliveredCount == 3)
            #expect(road.reader.pendingCount == 1)
            #expect(road.reader.handedOutCount == 0)
            #expect(await eventually { road.exporter.status().destinations.isEmpty })

            let opened = Opened()
            try road.exporter.replace([Road.destination("backend", road.backend, road.reader, opened: opened)])
            #expect(opened.names == ["backend"], "gone is gone: its way through the log is opened anew")
            #expect(await eventually { road.reader.pendingCount == 0 })
        }
    }

    @Test func `a destination that is wanted again before its last answer stays`() async throws {
        let isWantedAgain = Flag()
        let road = Road { _ in .held(200, until: { isWantedAgain.isSet }) }
        road.reader.append()
        let opened = Opened()
        try await road.run {
            #expect(await eventually { road.backend.requests.count == 1 })
            try road.exporter.replace([])
            #expect(await eventually { road.status?.state == .leaving })
            try road.exporter.replace([Road.destination("backend", road.backend, road.reader, opened: opened)])
            isWantedAgain.set()
            road.reader.append()
            road.exporter.wake()
            #expect(await eventually { road.reader.deliveredCount == 2 })
            #expect(opened.names.isEmpty)
            #expect(!road.events.contains(.removed(destination: "backend")))
        }
    }

    @Test func `changed settings count from the next request on, and end a pause`() async throws {
        let road = Road(changing: { $0.backoff = Backoff(initial: .seconds(600), limit: .seconds(600)) }) {
            $0.headers["authorization"] == "Bearer new" ? .answer(200) : .answer(401)
        }
        road.reader.append()
        try await road.run {
            #expect(await eventually { road.reader.handedOutCount == 0 && road.backend.requests.count == 1 })
            try road.exporter.replace([
                Road.destination(
                    "backend",
                    road.backend,
                    road.reader,
                    changing: { $0.headers = [HTTPHeader("Authorization", "Bearer new")] }
                )
            ])
            #expect(await eventually { road.reader.deliveredCount == 1 })
        }
    }

    @Test func `a configuration whose reader cannot be opened changes nothing`() async throws {
        let road = Road { _ in .answer(200) }
        try await road.run {
            var broken = Road.destination("broken", road.backend, road.reader)
            broken.openReader = { () throws(SpoolError) in throw .closed }
            #expect(throws: SpoolError.closed) { try road.exporter.replace([broken]) }
            road.reader.append()
            road.exporter.wake()
            #expect(await eventually { road.reader.deliveredCount == 1 })
            #expect(road.exporter.status().destinations.map(\.name) == ["backend"])
        }
    }
}
