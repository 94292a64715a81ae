/// What the tenant and policy numbers of one segment stand for.
package struct SegmentNames: Equatable, Sendable {
    /// Names by number − 1; number 0 is the default tenant, whose name is empty. Nil where the frame that told is damaged.
    package private(set) var tenants: [String?] = []
    /// SHA-256 digests by number − 1; number 0 is no policy.
    package private(set) var policies: [[UInt8]?] = []
    private var tenantNumbers: [String: UInt32] = [:]

    package init() {}

    /// Nil for a number that no names frame has explained.
    package func tenant(_ number: UInt32) -> String? {
        if number == 0 { return "" }
        return number <= tenants.count ? tenants[Int(number) - 1] : nil
    }

    /// Whether the number stands for something.
    func explains(policy number: UInt16) -> Bool {
        number == 0 || Int(number) <= policies.count && policies[Int(number) - 1] != nil
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
        /// How many numbers lie before the next name: without it they count on, which after damage would give them to others.
        static let tenantsBefore: UInt16 = 3
        static let policiesBefore: UInt16 = 4
    }

    /// The names beyond `tenantCount` and `policyCount`: what a names frame has to add.
    func fields(afterTenants tenantCount: Int = 0, policies policyCount: Int = 0) -> Fields {
        var fields = Fields()
        var written = 0
        for (index, name) in tenants.enumerated().dropFirst(tenantCount) {
            guard let name else { continue }
            if written != index { fields.add(Number.tenantsBefore, UInt64(index)) }
            fields.add(Number.tenant, name)
            written = index + 1
        }
        written = 0
        for (index, digest) in policies.enumerated().dropFirst(policyCount) {
            guard let digest else { continue }
            if written != index { fields.add(Number.policiesBefore, UInt64(index)) }
            fields.add(Number.policy, digest)
            written = index + 1
        }
        return fields
    }

    /// Takes over what a names frame adds.
    mutating func add(_ fields: Fields) {
        for (number, value) in fields.all() {
            switch number {
            case Number.tenant: _ = addTenant(value.text)
            case Number.policy: _ = addPolicy(value.bytes)
            case Number.tenantsBefore:
                guard let count = value.number, count <= UInt64(Self.most) else { break }
                tenants += [String?](repeating: nil, count: max(0, Int(count) - tenants.count))
            case Number.policiesBefore:
                guard let count = value.number, count <= UInt64(UInt16.max) else { break }
                policies += [[UInt8]?](repeating: nil, count: max(0, Int(count) - policies.count))
            default: break
            }
        }
    }

    /// More tenants than this are not in one segment.
    private static let most = 1 << 20
}
