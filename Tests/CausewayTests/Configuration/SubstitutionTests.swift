import Testing

@testable import Causeway

struct SubstitutionTests {
    private let substitution = Substitution(
        environment: ["NAME": "value", "EMPTY": "", "DOLLAR": "${NAME}"],
        readFile: { path in
            switch path {
            case "/secret": .success([UInt8]("s3cret\r\n\n".utf8))
            case "/binary": .success([0xff])
            default: .failure(.init(reason: "No such file or directory"))
            }
        }
    )

    @Test(arguments: [
        ("plain", "plain"), ("${env:NAME}", "value"), ("${NAME}", "value"), ("a ${NAME} b ${env:NAME}", "a value b value"),
        ("${env:NONE:-else}", "else"), ("${NONE:-}", ""), ("${EMPTY:-else}", "else"), ("${EMPTY}", ""), ("${NONE:-a:-b}", "a:-b"),
        ("${file:/secret}", "s3cret"), ("Bearer ${file:/secret}", "Bearer s3cret"),
        ("$$", "$"), ("$${NAME}", "${NAME}"), ("$$$${NAME}", "$${NAME}"), ("$$${NAME}", "$value"), ("cost: $5", "cost: $5"), ("$", "$"),
        ("$NAME", "$NAME"),
    ])
    func `references are replaced by what they stand for`(_ text: String, _ result: String) throws {
        #expect(try substitution.apply(to: text) == result)
    }

    @Test func `what was put in is not looked into again`() throws {
        #expect(try substitution.apply(to: "${DOLLAR}") == "${NAME}")
    }

    @Test(arguments: [
        ("${NONE}", "the environment variable NONE is not set", "set it, or write ${env:NONE:-default}"),
        ("${env:NONE}", "the environment variable NONE is not set", "set it, or write ${env:NONE:-default}"),
        ("${NAME", "`${` without its `}`", "close it, or write `$$` for a plain dollar"),
        (
            "${1NAME}", "${1NAME} names no variable",
            "write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}, or `$$` for a plain dollar"
        ),
        (
            "${}", "${} names no variable", "write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}, or `$$` for a plain dollar"
        ),
        ("${file:/none}", "/none cannot be read (No such file or directory)", "check the path and its permissions"),
        ("${file:/binary}", "/binary is not UTF-8 text", "put only the value into the file"),
    ])
    func `a reference to nothing is a mistake`(_ text: String, _ problem: String, _ remedy: String) {
        #expect(throws: ValueMistake(problem, remedy)) { try substitution.apply(to: text) }
    }

    @Test func `a variable can neither become a key nor open a structure`() {
        let loaded = load(
            "spool: { directory: \"${X}\" }\nlog:\n  level: ${Y}\n",
            environment: ["X": "a\nlog: {level: debug}", "Y": "{ a: b }"]
        )
        #expect(loaded.configuration.spool.directory == "a\nlog: {level: debug}")
        #expect(loaded.errors == ["c.yaml:3: log.level: \"{ a: b }\" is not one of: trace, debug, info, warn, error; write one of them"])
    }

    @Test func `an unquoted result has the type of what is put in, a quoted one is a text`() {
        let environment = ["N": "7"]
        let plain = load("receivers:\n  otlp:\n    max_connections: ${N}\n" + anyDestination, environment: environment)
        #expect(plain.configuration.receivers.otlp.maxConnections == 7)
        let quoted = load("receivers: { otlp: { max_connections: \"${N}\" } }\n" + anyDestination, environment: environment)
        #expect(quoted.errors.count == 1)
    }
}
