internal import CausewayModel

/// A published file of prices on its way into a table: given in pieces of any size, known by its form.
package struct PriceFile {
    private var pieces = JSONPieces()
    private var table: PriceTable
    private var entries = 0

    /// `date`: of which day the file is. `maxModels`: how many of it fit into the table.
    package init(date: String, maxModels: Int = PriceTable.maxModels) {
        table = PriceTable(name: "", date: date, maxModels: maxModels)
    }

    /// Reads on. An error means that the file as a whole is no file of prices.
    package mutating func read(_ bytes: [UInt8]) throws(PriceFileError) {
        var pieces = self.pieces
        defer { self.pieces = pieces }
        // What stands outside tells the form as soon as the first piece is whole.
        var (table, entries) = (self.table, self.entries)
        self.table = PriceTable(name: "", date: "")
        defer { (self.table, self.entries) = (table, entries) }
        try pieces.read(bytes) { (piece, line) throws(PriceFileError) in
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(parsing: piece)
            } catch {
                throw PriceFileError("\(error.reason) (line \(line + error.line - 1))")
            }
            entries += 1
            if case .object(let members) = value, members.count == 1, let member = members.first, member.value["litellm_provider"] != nil {
                try Self.expect("litellm", &table)
                LiteLLMPrices.read(member.name, member.value, into: &table)
            } else if value["models"]?.array != nil {
                try Self.expect("genai-prices", &table)
                GenAIPrices.read(value, into: &table)
            } else if table.name == "litellm", case .object(let members) = value, let member = members.first {
                LiteLLMPrices.read(member.name, member.value, into: &table)
            } else if table.name == "genai-prices" {
                table.warn("entry \(entries) is no provider")
            } else if entries == 1, case .object(let members) = value, members.count == 1, members[0].value.array != nil {
                throw PriceFileError("neither LiteLLM's nor genai-prices' form: it begins with \(PriceText.shown(members[0].name))")
            }
        }
    }

    /// The table; an error if the file was cut off or has no price in it.
    package consuming func finish() throws(PriceFileError) -> PriceTable {
        try pieces.finish()
        guard !table.name.isEmpty else { throw PriceFileError("neither LiteLLM's nor genai-prices' form") }
        guard table.modelCount > 0 else { throw PriceFileError("no model with a price in it") }
        table.finish()
        return table
    }

    private static func expect(_ name: String, _ table: inout PriceTable) throws(PriceFileError) {
        if table.name.isEmpty { table.name = name }
        guard table.name == name else { throw PriceFileError("two forms in one file") }
    }
}
