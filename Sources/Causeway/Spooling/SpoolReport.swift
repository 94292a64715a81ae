internal import CausewayModel
internal import CausewaySpool

/// What a command says about a data directory: for people, or for programs, and whether all is well.
package struct SpoolReport: Sendable {
    package var text: String
    package var isFine: Bool

    init(_ text: String, isFine: Bool = true) {
        self.text = text
        self.isFine = isFine
    }

    init(_ json: JSONValue, isFine: Bool = true) { self.init(json.text(isPretty: true) + "\n", isFine: isFine) }

    /// Reads a data directory as it is, without taking part in it.
    static func inspect(_ source: SpoolSource, _ depth: InspectionDepth) throws(CausewayError) -> SpoolInspection {
        try spooling { () throws(SpoolError) in
            try SpoolInspection(directory: source.directory, depth: depth, keys: source.keys)
        }
    }

    static func spooling<Result>(_ body: () throws(SpoolError) -> Result) throws(CausewayError) -> Result {
        do throws(SpoolError) {
            return try body()
        } catch {
            throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
        }
    }
}

// How the spool's numbers are written.
extension SpoolReport {
    static func signal(_ number: UInt8) -> String { Signal(rawValue: number)?.name ?? "signal \(number)" }

    /// The default tenant has no name.
    static func tenant(_ name: String) -> String { name.isEmpty ? "(default)" : name }

    static func time(_ nanoseconds: UInt64) -> String? { nanoseconds == 0 ? nil : Timestamp(nanoseconds: nanoseconds).description }

    static func json(time nanoseconds: UInt64) -> JSONValue { time(nanoseconds).map { .string($0) } ?? .null }

    /// `evicted{reason=damaged}`.
    static func term(_ term: String) -> String {
        let parts = split(term)
        return parts.label.map { "\(parts.name){\($0)=\(parts.value)}" } ?? parts.name
    }

    /// Totals as a list, a tenant, signal and term each.
    static func json(_ totals: Totals) -> JSONValue {
        .array(
            totals.ordered.map { key, count in
                let parts = split(key.term)
                var members: [(String, JSONValue)] = [("tenant", .string(key.tenant)), ("signal", .string(signal(key.signal)))]
                if !parts.name.isEmpty { members.append(("term", .string(parts.name))) }
                if let label = parts.label { members.append((label, .string(parts.value))) }
                return .members(members + [("items", .integer(count))])
            }
        )
    }

    /// What a term says and, behind its colon, why.
    private static func split(_ term: String) -> (name: String, label: String?, value: String) {
        guard let colon = term.firstIndex(of: ":") else { return (term, nil, "") }
        let name = String(term[..<colon])
        return (name, name == "filtered" ? "rule" : "reason", String(term[term.index(after: colon)...]))
    }

    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
}
