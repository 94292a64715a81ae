import Testing

@testable import Causeway

struct YAMLReaderTests {
    @Test(arguments: [
        ("log:\n  level: info\n  level: debug\n", "c.yaml:2: the same key twice: level; keep one of them"),
        ("log: {}\nlog: {}\n", "c.yaml:1: the same key twice: log; keep one of them"),
        ("a: [1, 2\nb: 3\n", "c.yaml:2: not YAML: did not find expected ',' or ']'; correct this line or the one before"),
        ("a: b: c\n", "c.yaml:1: not YAML: mapping values are not allowed in this context; correct this line or the one before"),
        ("\tlog: {}\n", "c.yaml:1: not YAML: found character that cannot start any token; correct this line or the one before"),
        ("log: { level: ${LEVEL} }\n", "c.yaml:1: not YAML: did not find expected ',' or '}'; put quotes around a value with ${…}"),
        ("a: *nowhere\n", "c.yaml:1: not YAML: found undefined alias; correct this line or the one before"),
        ("log: {}\n---\nlog: {}\n", "c.yaml:2: not YAML: but found another document; correct this line or the one before"),
        ("just words\n", "c.yaml:1: no keys in it; write keys like `spool:` (causeway config example prints a whole file)"),
        ("[1, 2]: x\n", "c.yaml:1: a key that is not a word; write `name: value`"),
    ])
    func `a file that is not YAML is told with the line`(_ yaml: String, _ message: String) {
        #expect(load(yaml).errors == [message])
    }

    @Test func `a file that is not UTF-8 is refused`() {
        let result = YAMLReader.read([0x61, 0x3a, 0x20, 0xff, 0x0a], name: "c.yaml")
        guard case .failure(let mistake) = result else { return #expect(Bool(false), "it was read") }
        #expect(mistake.finding.description == "c.yaml:1: not UTF-8 text; save the file as UTF-8")
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~\n", "\u{feff}log: {}\n"])
    func `an empty file says nothing and is no mistake`(_ yaml: String) {
        #expect(load(yaml).errors.isEmpty)
    }

    @Test func `an anchor is written once and used twice`() {
        let loaded = load(
            """
            destinations:
              a: { endpoint: "https://a", headers: &h { x-key: abc } }
              b: { endpoint: "https://b", headers: *h }
            """
        )
        #expect(loaded.errors.isEmpty)
        #expect(loaded.configuration.destinations.map { $0.headers.map(\.name) } == [["x-key"], ["x-key"]])
    }

    @Test func `aliases that unfold into millions of values are refused, quickly`() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(load(yaml).errors.contains { $0.contains("more than 20000 values, aliases unfolded") })
    }

    @Test func `brackets nested ten thousand deep are refused`() {
        let yaml = "a: " + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(load(yaml).errors == ["c.yaml:1: nested too deeply; write fewer levels"])
    }

    @Test func `block lists nested ten thousand deep are refused`() {
        let yaml = "a:\n " + String(repeating: "- ", count: 10_000) + "x\n"
        #expect(load(yaml).errors == ["c.yaml:2: nested too deeply; write fewer levels"])
    }
}
