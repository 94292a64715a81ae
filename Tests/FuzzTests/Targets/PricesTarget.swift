@testable import CausewaySemantics

extension FuzzTarget {
    /// Files of prices: a table or one error, the same in pieces of any size; and by whatever table it is, a call has a price that is none
    /// below zero, or a reason.
    static let prices = FuzzTarget(name: "prices", seeds: { try fixtures("prices", ending: ".json", atMost: 64 << 10) + small }) { bytes in
        let whole = Result { () throws(PriceFileError) in try table(bytes, pieces: max(1, bytes.count)) }
        let pieces = Result { () throws(PriceFileError) in try table(bytes, pieces: 61) }
        guard case .success(let table) = whole else {
            try promise({ if case .failure = pieces { true } else { false } }(), "refused as a whole and not in pieces")
            return
        }
        guard case .success(let other) = pieces else { throw BrokenPromise("refused in pieces and not as a whole") }
        try promise(table.modelCount == other.modelCount && table.warnings == other.warnings, "another table in pieces")
        try promise(table.modelCount > 0, "a table of nothing")
        let book = PriceBook(tables: [table])
        for model in 0..<min(table.modelCount, 20) {
            var question = ModelQuestion()
            (question.provider, question.requestModel) = (table.provider(of: model), table.name(of: model))
            guard let found = book.find(question) else { continue }
            for (usage, tier) in calls {
                do throws(PriceBook.UnpricedError) {
                    let bill = try book.bill(found, usage, tier: tier, seconds: 1_760_000_000, isExplained: true)
                    try check(bill)
                } catch {
                    try promise(error.reason != .counts, "no counts, and there were some")
                }
            }
        }
    }

    private static func check(_ bill: Bill) throws(PriceBook.UnpricedError) {
        let sum = (bill.lines ?? []).reduce(Int128(0)) { $0 + $1.product.atto }
        precondition(bill.total >= .zero && bill.total.atto == sum, "a bill that is not its sum")
        precondition(bill.total.rounded.isFinite)
    }

    private static func table(_ bytes: [UInt8], pieces: Int) throws(PriceFileError) -> PriceTable {
        var file = PriceFile(date: "2026-11-22")
        var start = 0
        while start < bytes.count {
            try file.read(Array(bytes[start..<min(start + pieces, bytes.count)]))
            start += pieces
        }
        return try file.finish()
    }

    private static let calls: [(CallUsage, ServiceTier)] = {
        var long = CallUsage(input: 999_999_999, output: 1_000_000)
        (long.cacheRead, long.cacheWrite, long.cacheWriteHour, long.reasoning) = (1000, 2000, 500, 10)
        var mixed = CallUsage(input: 1000, output: 500)
        (mixed.audioInput, mixed.imageInput, mixed.audioOutput, mixed.webSearches) = (100, 200, 50, 3)
        mixed.nanoseconds = 1_500_000_000
        return [(CallUsage(input: 10, output: 5), .standard), (long, .priority), (mixed, .batch), (mixed, .fast)]
    }()

    private static let small: [[UInt8]] = [
        #"{"m": {"litellm_provider": "openai", "input_cost_per_token": "3e-7", "output_cost_per_token_above_200k_tokens": 1e-6}}"#,
        #"{"m": {"litellm_provider": "x", "tiered_pricing": [{"range": [0, 1000], "input_cost_per_token": 1e-6}]}}"#,
        #"{"m": {"litellm_provider": "x", "input_cost_per_token": 2, "off_peak_pricing": {"hours_utc": "16:30-00:30", "input_cost_per_token": 1}}}"#,
        #"{"version": 2, "providers": [{"id": "openai", "name": "O", "models": [{"id": "a", "match": {"or": [{"equals": "a"}, {"regex": "^b+$"}]}, "prices": [{"prices": {"input_mtok": {"base": 1, "tiers": [{"start": 1000, "price": 2}]}}}, {"constraint": {"start_date": "2025-01-01"}, "prices": {"input_mtok": 3}}]}]}]}"#,
    ].map { Array($0.utf8) }
}
