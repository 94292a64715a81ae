import BenchSupport
import CausewayModel
import CausewayPlatform
import CausewaySemantics

/// What pricing adds to a call's span, what finding a model anew takes, and what a file of prices takes in time and memory.
func measurePrices(_ attributes: [Attribute], file: String?) throws {
    let payload = request(500) { _ in attributes }
    func perSpan(_ prices: PriceBook?) -> Double {
        var options = options
        options.prices = prices
        return best { for _ in 0..<4 { _ = understand(payload, signal: .traces, options: options) } } / 4 / 500
    }
    // Made before anything is measured.
    _ = BuiltInPrices.table
    row("a call's price", (perSpan(.builtIn) - perSpan(nil)) * 1e9, "ns/call")
    row("built-in table", Double(BuiltInPrices.table.byteCount) / 1024, "KiB")
    var question = ModelQuestion()
    (question.provider, question.responseModel, question.requestModel) = ("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini")
    row("a model found anew", best { for _ in 0..<1000 { _ = PriceBook.builtIn.find(question) } } / 1000 * 1e6, "µs")
    guard let file else { return }
    let before = residentBytes()
    let start = processorSeconds()
    let table = try readTable(file)
    row("\(table.modelCount) models read", (processorSeconds() - start) * 1e3, "ms")
    row("their table", Double(table.byteCount) / 1024, "KiB")
    row("resident memory more", Double(residentBytes() - before) / 1024, "KiB")
    row("a call's price by it", (perSpan(PriceBook(tables: [table])) - perSpan(nil)) * 1e9, "ns/call")
}

private func readTable(_ path: String) throws -> PriceTable {
    var file = PriceFile(date: "2026-11-22")
    if let error = try Files.readPieces(path, limit: 1 << 30, { (piece) throws(PriceFileError) in try file.read(piece) }) { throw error }
    return try file.finish()
}
