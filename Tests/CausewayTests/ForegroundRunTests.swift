import Glibc
import Synchronization
import Testing

@testable import Causeway

/// Remembers what it was asked, and after each request sends the signal for the next.
private final class ObedientBridge: RunningBridge {
    private let calls = Mutex<[String]>([])

    var all: [String] { calls.withLock { $0 } }

    func reload(_ configuration: Configuration) {
        calls.withLock { $0.append("reload \(configuration.log.level) \(configuration.spool.directory)") }
        raise(SIGHUP)
    }

    func refuseReload(_ findings: [Finding]) {
        calls.withLock { $0.append("refuse \(findings.count)") }
        raise(SIGTERM)
    }

    func drain() { calls.withLock { $0.append("drain") } }
}

struct ForegroundRunTests {
    @Test func `reloads are taken over or refused as a whole, and the end is a drain`() async {
        await #expect(processExitsWith: .success) {
            let files = [
                "spool: { directory: /a }\n" + anyDestination,
                "spool: { directory: /b }\nlog: { level: debug }\n" + anyDestination,
                "spool: { directory: /c }\nlog: { level: loud }\n" + anyDestination,
            ]
            let loads = Mutex(0)
            let run = ForegroundRun {
                load(
                    files[
                        loads.withLock {
                            $0 += 1
                            return $0 - 1
                        }
                    ]
                )
            }
            let bridge = ObedientBridge()
            do throws(CausewayError) {
                try run.run { (loaded, _) throws(CausewayError) in
                    precondition(loaded.configuration.spool.directory == "/a")
                    raise(SIGHUP)
                    return bridge
                }
            } catch {
                exit(9)
            }
            precondition(bridge.all == ["reload debug /a", "refuse 1", "drain"], "\(bridge.all)")
        }
    }

    @Test func `a wrong configuration starts nothing and tells every error`() async {
        await #expect(processExitsWith: .success) {
            let run = ForegroundRun { load("log: { level: loud, form: x }\n" + anyDestination) }
            do throws(CausewayError) {
                try run.run { (_, _) throws(CausewayError) in exit(9) }
                exit(8)
            } catch {
                precondition(error.code == .configuration)
                precondition(error.message.split(separator: "\n").count == 2, error.message)
            }
        }
    }
}
