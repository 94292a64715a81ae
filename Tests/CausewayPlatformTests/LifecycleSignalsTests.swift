import CausewayPlatform
import Glibc
import Testing

struct LifecycleSignalsTests {
    @Test func `a hang-up asks for a reload, termination for draining, and then there is nothing more`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var requests = LifecycleSignals()
            raise(SIGHUP)
            raise(SIGHUP)
            precondition(requests.next() == .reload)
            raise(SIGTERM)
            precondition(requests.next() == .drain)
            precondition(requests.next() == nil)
            exit(7)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `while draining a second signal ends the process at once`(_ second: Int32) async {
        await #expect(processExitsWith: .exitCode(LifecycleSignals.impatientExitStatus)) { [second] in
            var requests = LifecycleSignals()
            raise(SIGINT)
            precondition(requests.next() == .drain)
            raise(second)
            exit(7)
        }
    }

    @Test func `a second signal that came before draining began ends the process too`() async {
        await #expect(processExitsWith: .exitCode(LifecycleSignals.impatientExitStatus)) {
            var requests = LifecycleSignals()
            raise(SIGINT)
            raise(SIGTERM)
            _ = requests.next()
            exit(7)
        }
    }

    @Test func `a reader that is gone does not end the process`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            _ = LifecycleSignals()
            raise(SIGPIPE)
            exit(7)
        }
    }
}
