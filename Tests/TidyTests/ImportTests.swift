import Testing

/// Who may import whom. The compiler would let a module import whatever its dependencies import; this table does not.
private let rules: [String: ImportRule] = [
    "CausewayModel": ImportRule(),
    "CausewayPlatform": ImportRule(ours: ["CCauseway"], system: ["Glibc"]),
    "CausewayOTLP": ImportRule(ours: ["CCauseway", "CausewayModel"]),
    "CausewayReceivers": ImportRule(
        ours: ["CausewayModel", "CausewayPlatform", "CausewayOTLP"],
        thirdParty: ["NIOCore", "NIOPosix", "NIOHTTP1"]
    ),
    "CausewaySemantics": ImportRule(ours: ["CausewayModel", "CausewayPlatform", "CausewayOTLP"]),
    "CausewaySpool": ImportRule(ours: ["CausewayPlatform"]),
    "CausewayExporters": ImportRule(ours: ["CausewayPlatform", "CausewaySpool"]),
    "CausewayConsole": ImportRule(ours: ["CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySpool"]),
    "Causeway": ImportRule(
        ours: [
            "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewaySpool", "CausewayReceivers",
            "CausewayExporters",
        ],
        thirdParty: ["Yams", "Logging"]
    ),
    "CausewayCLI": ImportRule(ours: ["Causeway", "CausewayConsole"], thirdParty: ["ArgumentParser"]),
]

/// What one module may import.
private struct ImportRule {
    var ours: Set<String> = []
    var thirdParty: Set<String> = []
    /// Parts of the toolchain; Foundation is in no row, because it alone would cost several megabytes.
    var system: Set<String> = []

    var allowed: Set<String> { ours.union(thirdParty).union(system).union(["Synchronization"]) }
}

struct ImportTests {
    @Test func `a module imports only what its row of the table allows`() throws {
        let sources = try Repository.swiftSources()
        #expect(sources.count > 10)
        for file in sources {
            let module = Repository.module(of: file)
            guard let rule = rules[module] else {
                Issue.record("\(module) has no row in the table")
                continue
            }
            for name in imports(in: file.text) {
                #expect(rule.allowed.contains(name), "\(file) imports \(name)")
            }
        }
    }

    @Test func `every row of the table is a module that exists`() throws {
        let modules = Set(try Repository.swiftSources().map(Repository.module))
        #expect(modules == Set(rules.keys))
    }

    @Test(
        arguments: [
            ("import A", ["A"]),
            ("@preconcurrency internal import A", ["A"]),
            ("package import struct A.B", ["A"]),
            ("@testable import A // import B", ["A"]),
            ("let words = \"\"\"\nimport A\n\"\"\"", []),
            ("func importantThing() {}", []),
        ]
    )
    func `imports are found in every form`(text: String, expected: [String]) {
        #expect(imports(in: text) == expected)
    }
}

/// The modules which a source imports.
private func imports(in text: String) -> [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
    let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    return SourceText(text).lines.compactMap { line in
        var words = line.split(separator: " ").drop { $0.hasPrefix("@") || levels.contains($0) }
        guard words.popFirst() == "import", var name = words.popFirst() else { return nil }
        if kinds.contains(name), let next = words.popFirst() { name = next }
        return name.split(separator: ".").first.map(String.init)
    }
}
