import Testing

struct SourceTextTests {
    @Test func `code, comments and literals are told apart`() {
        let text = SourceText(
            ##"""
            let a = "unsafe \(b + "inner // no comment") end" // unsafe here
            /* a block /* within */ a block */ let c = #"raw " and \(not code) \#(code)"#
            """##
        )
        #expect(text.lines[0] == #"let a = "b + """ "#)
        #expect(text.lines[1] == #" let c = "code""#)
        #expect(text.comments == [" unsafe here", " a block  within  a block "])
        #expect(text.literals == ["inner // no comment", "unsafe  end", #"raw " and \(not code) "#])
        #expect(!text.says("unsafe"))
    }

    @Test func `a literal of several lines keeps the lines`() {
        let text = SourceText("let a = \"\"\"\n  import Nothing\n  \"\"\"\nimport Something")
        #expect(text.lines.count == 4)
        #expect(text.lines[3] == "import Something")
        #expect(!text.lines[1].contains("import"))
    }

    @Test(arguments: [
        ("@unsafe struct A {}", true), ("nonisolated(unsafe) var a", true), ("a.unsafely()", false), ("let unsafe_ = 1", false),
    ])
    func `a word counts only by itself`(code: String, expected: Bool) {
        #expect(SourceText(code).says("unsafe") == expected)
    }
}
