internal import CausewayModel
internal import CausewayOTLP
internal import CausewayReceivers
internal import CausewaySpool
internal import Synchronization

/// Whose telemetry a request is: by the sender's token, by a header, or by what its resources say, in the order that is configured.
///
/// The first that says something decides. Where nothing does, and where nothing is configured, it belongs to the default tenant.
struct TenantResolution: Sendable {
    static let header = "X-Causeway-Tenant"
    static let attribute = "tenant.id"

    private let sources: [Configuration.Tenants.Source]
    private let tokens: [(bytes: [UInt8], tenant: String)]

    init(_ configuration: Configuration.Tenants = .init()) {
        sources = configuration.from
        tokens = configuration.tokens.map { ([UInt8]($0.token.revealed().utf8), $0.tenant) }
    }

    /// What the head of a request says.
    enum Verdict: Equatable {
        /// All of it is this tenant's; empty for the default tenant.
        case tenant(String)
        /// Each of its resources says for itself.
        case byResource
        case unauthorized(String)
        case malformed(String)
    }

    func verdict(_ headers: RequestHeaders) -> Verdict {
        for source in sources {
            switch source {
            case .token:
                let given = headers.all("Authorization")
                guard let first = given.first else { continue }
                guard given.count == 1, let tenant = tenant(ofAuthorization: first) else {
                    return .unauthorized("this token belongs to no tenant; send `Authorization: Bearer TOKEN` with one that does, or none")
                }
                return .tenant(tenant)
            case .header:
                let given = headers.all(Self.header)
                guard let name = given.first else { continue }
                guard given.count == 1 else { return .malformed("\(Self.header) names several tenants; name one") }
                guard Self.isName(name) else { return .malformed("\(Self.header) holds no tenant's name: \(Self.rule)") }
                return .tenant(name)
            case .resource:
                return .byResource
            }
        }
        return .tenant("")
    }

    /// A payload taken apart by what its resources say, tenants in the order in which they come.
    static func split(_ payload: [UInt8], _ signal: Signal) throws(TenantMistake) -> [(tenant: String, entries: Set<Int>)] {
        var parts: [(tenant: String, entries: Set<Int>)] = []
        for (index, entry) in RequestView(payload, signal: signal).resourceEntries.enumerated() {
            let tenant = try tenant(of: entry, payload)
            if let known = parts.firstIndex(where: { $0.tenant == tenant }) {
                parts[known].entries.insert(index)
            } else {
                parts.append((tenant, [index]))
            }
        }
        return parts
    }

    private static func tenant(of entry: ResourceEntryView, _ payload: [UInt8]) throws(TenantMistake) -> String {
        switch entry.attributes.value(attribute, payload) {
        case nil, .empty: return ""
        case .string(let range):
            let name = payload.text(range)
            guard isName(name) else { throw TenantMistake(message: "the resource attribute \(attribute) is no tenant's name: \(rule)") }
            return name
        case .bool, .int, .double, .array, .map, .bytes:
            throw TenantMistake(message: "the resource attribute \(attribute) is no text; \(rule)")
        }
    }

    /// Looks at every byte of every token, so that the time it takes tells nothing about them.
    private func tenant(ofAuthorization value: String) -> String? {
        let scheme = "bearer "
        guard value.lowercased().hasPrefix(scheme) else { return nil }
        let given = [UInt8](value.utf8.dropFirst(scheme.utf8.count).drop { $0 == UInt8(ascii: " ") })
        var found: String?
        for token in tokens where Self.isSame(token.bytes, given) { found = token.tenant }
        return found
    }

    private static func isSame(_ token: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = UInt8(token.count == given.count ? 0 : 1)
        for (index, byte) in token.enumerated() { difference |= byte ^ (index < given.count ? given[index] : ~byte) }
        return difference == 0
    }

    private static let rule = "write 1 to 128 bytes of printable text"

    /// A tenant's name is shown in terminals, metrics and ledgers.
    static func isName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && !name.unicodeScalars.contains("\u{FFFD}")
            && name.unicodeScalars.allSatisfy { LogText.isHarmless($0) && !$0.properties.isNoncharacterCodePoint }
            && name.unicodeScalars.first != " " && name.unicodeScalars.last != " " && name != "*"
    }
}

/// Why a request's telemetry cannot be anybody's.
struct TenantMistake: Error, Equatable {
    var message: String
}

/// The resolution in force, which a reload may change.
final class TenantRules: Sendable {
    private let resolution: Mutex<TenantResolution>

    init(_ configuration: Configuration.Tenants) { resolution = Mutex(TenantResolution(configuration)) }

    var current: TenantResolution { resolution.withLock { $0 } }

    func reloaded(_ configuration: Configuration.Tenants) { resolution.withLock { $0 = TenantResolution(configuration) } }
}

extension FrameDraft {
    /// One frame for each tenant that has items in the request; together they are one commit group.
    static func frames(
        _ signal: Signal,
        _ admitted: Admitted,
        _ verdict: TenantResolution.Verdict,
        receivedNanoseconds: UInt64
    ) throws(TenantMistake) -> [FrameDraft] {
        var whole = FrameDraft(signal, admitted, receivedNanoseconds: receivedNanoseconds)
        if case .tenant(let name) = verdict { whole.tenant = name }
        guard case .byResource = verdict else { return [whole] }
        let parts = try TenantResolution.split(admitted.payload, signal)
        if parts.count <= 1 {
            whole.tenant = parts.first?.tenant ?? ""
            return [whole]
        }
        let view = RequestView(admitted.payload, signal: signal)
        return parts.compactMap { part in
            var frame = whole
            frame.tenant = part.tenant
            frame.payload = view.payload(resourceEntries: part.entries)
            frame.items = RequestView(frame.payload, signal: signal).itemCount
            return frame.items > 0 ? frame : nil
        }
    }
}
