import Testing

/// Rules that every source file keeps.
struct SourceRuleTests {
    @Test func `unsafe code is only in the two modules behind the fence`() throws {
        let behind: Set<String> = ["CausewayPlatform", "CausewayOTLP"]
        for file in try Repository.swiftSources() where !behind.contains(Repository.module(of: file)) {
            #expect(!SourceText(file.text).says("unsafe"), "\(file) is unsafe")
        }
    }

    @Test func `only the library module makes promises to the public`() throws {
        for file in try Repository.swiftSources() where Repository.module(of: file) != "Causeway" {
            let text = SourceText(file.text)
            #expect(!text.says("public"), "\(file) declares something public")
            #expect(!text.code.contains(/\bopen (class|func|var|subscript|override)\b/), "\(file) declares something open")
        }
    }

    @Test func `no comment is a banner`() throws {
        for file in try Repository.files(below: "Sources", ending: [".swift", ".c", ".h"])
            + Repository.files(below: "Tests", ending: [".swift"])
        where !file.path.hasPrefix("Sources/CCauseway/opentelemetry") {
            let text = SourceText(file.text)
            #expect(!text.comments.contains(where: isBanner), "\(file) has a banner")
            #expect(!text.comments.contains { $0.contains("Copyright") || $0.contains("SPDX") }, "\(file) repeats the licence")
        }
    }

    @Test(arguments: [("===---", true), (" ------------", true), ("**********", true), (" a -- b", false), ("", false), (" ...", false)])
    func `a banner is a row of marks`(comment: String, expected: Bool) {
        #expect(isBanner(comment) == expected)
    }

    /// Places on the machine of whoever wrote a file mean nothing to anybody else.
    @Test func `no file names a place on somebody's machine`() throws {
        // In two parts, so that this file does not name one.
        let places = ["ho" + "me", "ro" + "ot", "Use" + "rs", "wo" + "rk"].map { "/\($0)/" }
        for file in try Repository.files() {
            for place in places where file.text.contains(place) {
                Issue.record("\(file) names a place below \(place)")
            }
        }
    }

    private func isBanner(_ comment: String) -> Bool {
        let marks = comment.filter { !$0.isWhitespace }
        return marks.count >= 5 && marks.allSatisfy { "=-*#~_+/".contains($0) }
    }
}
