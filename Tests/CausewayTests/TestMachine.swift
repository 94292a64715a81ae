@testable import Causeway

extension Machine {
    /// A machine made up for a test: no variables, no files but these, a loopback interface and one more.
    static func madeUp(
        environment: [String: String] = [:],
        files: [String: String] = [:],
        names: [String: [String]] = [:],
        inMemory: [String] = []
    ) -> Machine {
        let names = names.merging(["localhost": ["127.0.0.1", "::1"]]) { own, _ in own }
        return Machine(
            environment: environment,
            readFile: { path in files[path].map { .success([UInt8]($0.utf8)) } ?? .failure(.init(reason: "No such file or directory")) },
            addresses: { name in
                if let addresses = names[name] { return addresses }
                return name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." } ? [name] : []
            },
            ownAddresses: { ["127.0.0.1", "::1", "192.0.2.7"] },
            isInMemory: { inMemory.contains($0) }
        )
    }
}

/// One file named `c.yaml`, read on a made-up machine.
func load(
    _ yaml: String,
    environment: [String: String] = [:],
    files: [String: String] = [:],
    names: [String: [String]] = [:],
    inMemory: [String] = []
) -> LoadedConfiguration {
    let files = files.merging(["c.yaml": yaml]) { own, _ in own }
    let machine = Machine.madeUp(environment: environment, files: files, names: names, inMemory: inMemory)
    return Configuration.load(files: ["c.yaml"], flags: .init(), on: machine)
}

extension LoadedConfiguration {
    var errors: [String] { findings.filter { $0.severity == .error }.map(\.description) }
    var warnings: [String] { findings.filter { $0.severity == .warning }.map(\.description) }
}

/// A destination that gives rise to no finding, for tests about something else.
let anyDestination = "destinations: { backend: { endpoint: \"https://otel.example.com\" } }\n"
