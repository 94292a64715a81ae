/// A price of one's own: what was negotiated, what a machine of one's own costs, another name for a model.
package struct PriceOverride: Equatable, Sendable {
    /// A model's name; `*` stands for anything. Compared without regard to case.
    package var model: String
    /// Only of this provider, by the conventions' name; any if nil.
    package var provider: String?
    /// Only this tenant's; anybody's if nil.
    package var tenant: String?
    /// What units cost; empty for a discount.
    package var prices: [PriceUnit: Dollars] = [:]
    /// What of the table's price is to be paid, in millionths.
    package var share: Int64?

    package init(model: String, provider: String? = nil, tenant: String? = nil) {
        self.model = model
        self.provider = provider
        self.tenant = tenant
    }

    /// Whether it speaks of a model with one of these names.
    func applies(to names: [String], provider: String, tenant: String) -> Bool {
        if let own = self.provider, Wildcard.matches(own.lowercased(), provider.lowercased()) == false { return false }
        if let own = self.tenant, own != tenant { return false }
        let pattern = model.lowercased()
        return names.contains { Wildcard.matches(pattern, $0) }
    }

    var text: String { provider.map { "\($0)/\(model)" } ?? model }
}

/// What a call of a tool costs.
package struct ToolFee: Equatable, Sendable {
    /// The tool's name; `*` stands for anything. Any tool if nil.
    package var tool: String?
    /// The host that it asks, or a part of the address; any if nil.
    package var endpoint: String?
    package var tenant: String?
    package var perCall: Dollars

    package init(tool: String? = nil, endpoint: String? = nil, tenant: String? = nil, perCall: Dollars) {
        self.tool = tool
        self.endpoint = endpoint
        self.tenant = tenant
        self.perCall = perCall
    }

    func applies(tool name: String, endpoint address: String, tenant: String) -> Bool {
        if let own = self.tenant, own != tenant { return false }
        if let tool, !Wildcard.matches(tool.lowercased(), name.lowercased()) { return false }
        if let endpoint, !Wildcard.matches(endpoint.lowercased(), address.lowercased()) { return false }
        return true
    }
}

/// Texts with `*` for anything.
enum Wildcard {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (place, index) = (0, 0)
        // Where the last star stood, and how far it has reached.
        var star: (place: Int, index: Int)?
        while index < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == text[index] {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.place, last.index + 1)
                (place, index) = (last.place + 1, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
