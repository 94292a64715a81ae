/// What the tenant and policy numbers of one segment stand for.
package struct SegmentNames: Equatable, Sendable {
    /// Names by number − 1; number 0 is the default tenant, whose name is empty.
    package private(set) var tenants: [String] = []
    /// SHA-256 digests by number − 1; number 0 is no policy.
    package private(set) var policies: [[UInt8]] = []
    private var tenantNumbers: [String: UInt32] = [:]

    package init() {}

    /// Nil for a number that no names frame has explained.
    package func tenant(_ number: UInt32) -> String? {
        if number == 0 { return "" }
        return number <= tenants.count ? tenants[Int(number) - 1] : nil
    }

    func number(ofTenant name: String) -> UInt32? { name.isEmpty ? 0 : tenantNumbers[name] }

    func number(ofPolicy digest: [UInt8]) -> UInt16? {
        digest.isEmpty ? 0 : policies.firstIndex(of: digest).map { UInt16($0 + 1) }
    }

    mutating func addTenant(_ name: String) -> UInt32 {
        tenants.append(name)
        tenantNumbers[name] = UInt32(tenants.count)
        return UInt32(tenants.count)
    }

    mutating func addPolicy(_ digest: [UInt8]) -> UInt16 {
        policies.append(digest)
        return UInt16(policies.count)
    }

    private enum Number {
        static let tenant: UInt16 = 1
        static let policy: UInt16 = 2
    }

    /// The names beyond `tenantCount` and `policyCount`: what a names frame has to add.
    func fields(afterTenants tenantCount: Int = 0, policies policyCount: Int = 0) -> Fields {
        var fields = Fields()
        for name in tenants[tenantCount...] { fields.add(Number.tenant, name) }
        for digest in policies[policyCount...] { fields.add(Number.policy, digest) }
        return fields
    }

    /// Takes over what a names frame adds; numbers count on from those known.
    mutating func add(_ fields: Fields) {
        for (number, value) in fields.all() {
            switch number {
            case Number.tenant: _ = addTenant(value.text)
            case Number.policy: _ = addPolicy(value.bytes)
            default: break
            }
        }
    }
}
