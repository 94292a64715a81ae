import BenchSupport
import CausewayModel
import CausewayPlatform
import CausewaySemantics

/// What pricing adds to a call's span, from looking for the model to the seven attributes that are written, what finding a model anew takes, and what a file of prices takes in time and memory.
func measurePrices(_ attributes: [Attribute], file: String?) throws {
    let payload = request(200) { _ in attributes }
    /// What a span takes more with prices than without: of many short runs of each, by turns, the shortest.
    func more(_ prices: PriceBook) -> Double {
        var (without, with) = (Double.infinity, Double.infinity)
        var priced = options
        priced.prices = prices
        for _ in 0..<60 {
            without = min(without, best(1) { _ = understand(payload, signal: .traces, options: options) })
            with = min(with, best(1) { _ = understand(payload, signal: .traces, options: priced) })
        }
        return (with - without) / 200
    }
    // Made before anything is measured.
    _ = BuiltInPrices.table
    row("a call's price", more(.builtIn) * 1e9, "ns/call")
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
    row("a call's price by it", more(PriceBook(tables: [table])) * 1e9, "ns/call")
}

private func readTable(_ path: String) throws -> PriceTable {
    var file = PriceFile(date: "2026-11-22")
    if let error = try Files.readPieces(path, limit: 1 << 30, { (piece) throws(PriceFileError) in try file.read(piece) }) { throw error }
    return try file.finish()
}
