@testable import Causeway
import CausewaySemantics
import Foundation
import Logging
import Testing

/// Prices in force, while files come, go and break.
struct PriceShelfTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID().uuidString)")
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ change: (inout Configuration.Semantics) -> Void = { _ in }) -> Configuration.Semantics {
        var settings = Configuration.Semantics()
        settings.pricing.file = folder.appending(path: "prices.json").path
        change(&settings)
        return settings
    }

    private func write(_ text: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: "prices.json"), options: .atomic)
    }

    private func table(_ price: String) -> String { #"{"m": {"litellm_provider": "openai", "input_cost_per_token": \#(price)}}"# }

    private func price(_ shelf: PriceShelf) throws -> String? {
        var question = ModelQuestion()
        (question.provider, question.requestModel) = ("openai", "m")
        guard let book = shelf.current, let match = book.find(question) else { return nil }
        return try book.bill(match, CallUsage(input: 1, output: 0), tier: .standard, seconds: 0).total.text
    }

    @Test func `a file that changed is read again, and one that turned bad leaves the old prices in force`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(table("1e-6"))
        let shelf = PriceShelf(settings(), log)
        #expect(try price(shelf) == "0.000001")
        #expect(shelf.status.models.map(\.table) == ["litellm", "builtin"])

        try write(table("2e-6"))
        shelf.reload(settings(), log)
        #expect(try price(shelf) == "0.000002")

        for broken in [String(table("3e-6").dropLast(3)), "", "[]", "not json"] {
            try write(broken)
            shelf.reload(settings(), log)
            #expect(try price(shelf) == "0.000002", "the old one stays")
            #expect(shelf.status.problem != nil)
        }
        try FileManager.default.removeItem(at: folder)
        shelf.reload(settings(), log)
        #expect(try price(shelf) == "0.000002")

        try write(table("4e-6"))
        shelf.reload(settings(), log)
        #expect(try price(shelf) == "0.000004")
        #expect(shelf.status.problem == nil)
        #expect(shelf.status.loads == 3 && shelf.status.failures == 5)
    }

    @Test func `a file that did not change is not read again`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(table("1e-6"))
        let shelf = PriceShelf(settings(), log)
        shelf.reload(settings { $0.pricing.usesBuiltIn = false }, log)
        #expect(shelf.status.loads == 1)
        #expect(shelf.status.models.map(\.table) == ["litellm"])
    }

    @Test func `a bad file at the start leaves what is built in`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("{")
        let shelf = PriceShelf(settings(), log)
        #expect(shelf.current?.tables.map(\.name) == ["builtin"])
        #expect(shelf.status.failures == 1)
    }

    @Test func `switched off, or with telemetry passing through, nothing is priced`() {
        #expect(PriceShelf(settings { $0.pricing.isEnabled = false }, log).current == nil)
        #expect(PriceShelf(settings { $0.mode = .passthrough }, log).current == nil)
    }
}
