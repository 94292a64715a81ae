import Testing

@testable import Causeway

struct ConfigurationReloadTests {
    @Test func `what needs a restart is named, in the order of the schema`() {
        var new = Configuration()
        new.spool.directory = "/elsewhere"
        new.receivers.otlp.http.port = 1
        new.admin.listen.port = 2
        new.log.level = .debug
        new.shutdown.timeout = .seconds(1)
        new.destinations = [Configuration.Destination(name: "a")]
        #expect(
            Configuration.changesNeedingRestart(from: Configuration(), to: new) == [
                "receivers.otlp.http", "spool.directory", "admin.listen",
            ]
        )
    }

    @Test func `destinations and log settings need none`() {
        var new = Configuration()
        new.destinations = [Configuration.Destination(name: "a")]
        new.log.format = .json
        #expect(Configuration.changesNeedingRestart(from: Configuration(), to: new) == [])
    }

    @Test func `after a reload the new values are in force, except where only a restart changes them`() {
        var old = Configuration()
        old.spool.directory = "/data"
        old.identity.serviceName = "old"
        var new = Configuration()
        new.spool.directory = "/elsewhere"
        new.log.level = .debug
        new.destinations = [Configuration.Destination(name: "a")]
        let effective = old.reloaded(with: new)
        #expect(effective.spool.directory == "/data")
        #expect(effective.log.level == .debug)
        #expect(effective.destinations.map(\.name) == ["a"])
        #expect(effective.identity.serviceName == "old")
        #expect(Configuration.changesNeedingRestart(from: old, to: effective) == [])
        #expect(Configuration.changesNeedingRestart(from: effective, to: new) == ["spool.directory"])
    }
}
