import CausewayPlatform
import Testing

struct HostsTests {
    @Test func `a numeric address is its own address`() {
        #expect(Hosts.addresses(of: "127.0.0.1") == ["127.0.0.1"])
        #expect(Hosts.addresses(of: "::1") == ["::1"])
    }

    @Test func `localhost is found on the loopback interface`() {
        let addresses = Hosts.addresses(of: "localhost")
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.hasPrefix("127.") || $0 == "::1" })
    }

    @Test func `a name that is none has no address`() {
        #expect(Hosts.addresses(of: "not a name").isEmpty)
    }

    @Test func `the machine's own addresses include the loopback interface`() {
        #expect(Hosts.ownAddresses().contains("127.0.0.1"))
    }
}
