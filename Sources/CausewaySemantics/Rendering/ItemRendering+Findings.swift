internal import CausewayOTLP

/// What was found out about an item, under the short names by which people look for it on a page: whose it is, how it ended, which try it
/// was.
struct Finding {
    enum Value {
        case text(Range<Int>), int(Int64), bool(Bool)
    }

    let name: String
    let value: Value
}

extension ItemRendering {
    /// In a set order; the tenant first where it is wanted.
    func findings(withTenant: Bool) -> [Finding] {
        var findings: [Finding] = []
        func add(_ name: String, _ range: Range<Int>?) { if let range { findings.append(Finding(name: name, value: .text(range))) } }
        if withTenant { add("tenant_id", textRange(.tenantID)) }
        add("outcome", textRange(.outcome))
        add("failure_category", textRange(.failureCategory))
        add("failure_code", textRange(.failureCode))
        add("fallback", textRange(.failureFallback))
        if let attempt = int(.retryAttempt) { findings.append(Finding(name: "retry_attempt", value: .int(attempt))) }
        if let count = int(.retryCount) { findings.append(Finding(name: "retry_count", value: .int(count))) }
        if let isExhausted = bool(.retryExhausted) { findings.append(Finding(name: "retry_exhausted", value: .bool(isExhausted))) }
        return findings
    }

    /// One of them as JSON.
    func appendJSON(_ finding: Finding, to output: inout [UInt8]) {
        switch finding.value {
        case .text(let range): JSONEscapes.quote(payload, range, to: &output)
        case .int(let number): output += Array("\(number)".utf8)
        case .bool(let flag): output += Array("\(flag)".utf8)
        }
    }

    /// All of them as members of a JSON object; nil if there are none.
    func findingsObject(withTenant: Bool) -> [UInt8]? {
        var output: [UInt8] = []
        for finding in findings(withTenant: withTenant) {
            output += Array("\(output.isEmpty ? "{" : ",")\"\(finding.name)\":".utf8)
            appendJSON(finding, to: &output)
        }
        return output.isEmpty ? nil : output + [UInt8(ascii: "}")]
    }
}
