internal import CausewayModel
internal import CausewaySemantics
internal import CausewaySpool

/// What is wrong or unwise about values that are each fine by themselves.
struct ConfigurationCheck {
    private let configuration: Configuration
    private let origins: [String: Origin]
    /// Keys whose own value was wrong: what their default would give rise to is not reported.
    private let wrongKeys: Set<String>
    private let machine: Machine
    private(set) var findings: [Finding] = []

    init(_ decoder: ConfigurationDecoder, _ machine: Machine) {
        configuration = decoder.configuration
        origins = decoder.origins
        wrongKeys = Set(decoder.findings.filter { $0.severity == .error }.map(\.key))
        self.machine = machine
    }

    mutating func run() {
        checkMemory()
        checkSpool()
        checkEncryption()
        checkSettle()
        checkListeners()
        checkTenants()
        checkMetrics()
        checkPricing()
        for destination in configuration.destinations { check(destination) }
        if configuration.destinations.isEmpty && !wrongKeys.contains(where: { $0.hasPrefix("destinations") }) {
            let size = ByteCount(configuration.spool.maxBytes)
            warn(
                "destinations",
                "none",
                "telemetry stays in the spool up to \(size), then the oldest goes; name a destination to send it on"
            )
        }
    }

    private mutating func checkMemory() {
        let body = ByteCount(configuration.receivers.otlp.maxBodyBytes)
        let budget = ByteCount(configuration.memory.budgetBytes)
        guard !isWrong("memory.budget", "receivers.otlp.max_body") else { return }
        if budget.bytes < 3 * body.bytes {
            let least = ByteCount(3 * body.bytes)
            fail(
                "memory.budget",
                "\(budget) is less than 3 times receivers.otlp.max_body (\(body))",
                "write at least \(least), or a smaller max_body"
            )
        }
    }

    private mutating func checkSpool() {
        let spool = configuration.spool
        if !isWrong("spool.segment_bytes", "spool.max_bytes"), spool.maxBytes < 2 * spool.segmentBytes {
            let least = ByteCount(2 * spool.segmentBytes)
            fail(
                "spool.max_bytes",
                "holds less than two segments of \(ByteCount(spool.segmentBytes))",
                "write at least \(least), or smaller segment_bytes"
            )
        }
        let body = configuration.receivers.otlp.maxBodyBytes
        if !isWrong("spool.segment_bytes", "receivers.otlp.max_body"), spool.segmentBytes < 2 * body {
            let least = ByteCount(2 * body)
            fail("spool.segment_bytes", "one segment must hold the largest request", "write at least \(least), twice max_body")
        }
        if !isWrong("spool.keep.bytes", "spool.max_bytes"), spool.keep.bytes > spool.maxBytes {
            warn("spool.keep.bytes", "more than spool.max_bytes (\(ByteCount(spool.maxBytes)))", "history ends there; write less")
        }
        if origins["spool.quarantine.max_bytes"] != nil, spool.quarantine.maxBytes > spool.maxBytes / 2 {
            warn("spool.quarantine.max_bytes", "more than half of spool.max_bytes", "what is refused may crowd out what is not; write less")
        }
        if machine.isInMemory(spool.directory) {
            warn("spool.directory", "\(spool.directory) lies in memory", "what it holds is gone with the machine; use a disk")
        }
    }

    private mutating func checkEncryption() {
        let encryption = configuration.spool.encryption
        guard !wrongKeys.contains(where: { $0.hasPrefix("spool.encryption") }) else { return }
        if encryption.key != nil && encryption.keyFile != nil {
            fail("spool.encryption.key_file", "key is given as well", "write one of them; old keys go to previous_keys")
        }
        if let file = encryption.keyFile {
            switch machine.readFile(file) {
            case .failure(let mistake):
                fail("spool.encryption.key_file", "\(file) cannot be read (\(mistake.reason))", "check the path and its permissions")
            case .success(let text):
                if SpoolKey(text: text) == nil { fail("spool.encryption.key_file", "no key in \(file)", SpoolKey.remedy) }
            }
        }
        if encryption.key == nil && encryption.keyFile == nil && encryption.previousKeys != nil {
            warn("spool.encryption", "no key, only previous ones", "what comes is stored in the clear; write key or key_file")
        }
    }

    private mutating func checkSettle() {
        let settle = configuration.settle
        if !isWrong("settle.quiet", "settle.max"), settle.quiet > settle.max {
            fail("settle.quiet", "longer than settle.max (\(settle.max.text))", "write less, or a longer max")
        }
        if !isWrong("settle.abandon_after", "settle.max"), settle.abandonAfter < settle.max {
            fail("settle.abandon_after", "shorter than settle.max (\(settle.max.text))", "write more, or a shorter max")
        }
    }

    private mutating func checkListeners() {
        let listeners = [("receivers.otlp.http", configuration.receivers.otlp.http), ("admin.listen", configuration.admin.listen)]
        for (key, address) in listeners where address.isEveryInterface {
            warn(key, "\(address) is open to other machines", "write 127.0.0.1:\(address.port) unless that is meant")
        }
        let (receiver, admin) = (configuration.receivers.otlp.http, configuration.admin.listen)
        let isSameHost = receiver.host == admin.host || receiver.isEveryInterface || admin.isEveryInterface
        if receiver.port == admin.port, receiver.port != 0, isSameHost {
            fail("admin.listen", "\(admin) is the receiver's port", "write another port, like 4380")
        }
    }

    private mutating func checkTenants() {
        let tenants = configuration.tenants
        guard !wrongKeys.contains(where: { $0.hasPrefix("tenants") }) else { return }
        let usesTokens = tenants.from.contains(.token)
        if usesTokens && tenants.tokens.isEmpty {
            fail("tenants.from", "token, and no tokens", "write tenants.tokens: { NAME: \"${env:TOKEN}\" }, or leave token out")
        }
        if !usesTokens && !tenants.tokens.isEmpty {
            fail("tenants.tokens", "not used", "write tenants.from: [token]")
        }
        if let place = tenants.from.firstIndex(of: .resource), place + 1 < tenants.from.count {
            fail("tenants.from", "what stands behind resource is never asked", "write resource last")
        }
        if let header = tenants.from.firstIndex(of: .header), let token = tenants.from.firstIndex(of: .token), header < token {
            warn("tenants.from", "a header goes before tokens", "anybody may name any tenant; write token first")
        }
    }

    private mutating func checkMetrics() {
        let metrics = configuration.metrics
        let known = MetricAttribute.allCases.map(\.key)
        for attribute in metrics.attributes where !known.contains(attribute) {
            let near = nearest(to: attribute, among: known).map { "did you mean \($0)?" }
            fail("metrics.attributes", "\(attribute) is no attribute of a derived metric", near ?? "docs/metrics.md lists them")
        }
        if metrics.derive == .off, !metrics.attributes.isEmpty || !metrics.expose.isEmpty {
            warn("metrics.derive", "off, and more is said of derived metrics", "write auto, or leave out the rest")
        }
    }

    private mutating func checkPricing() {
        let pricing = configuration.semantics.pricing
        let key = "semantics.pricing"
        if let file = pricing.file, case .failure(let mistake) = machine.stampFile(file) {
            let until = pricing.usesBuiltIn ? "until then the built-in table is used" : "until then nothing is priced"
            warn("\(key).file", "\(file) cannot be read (\(mistake.reason))", "put it there; \(until)")
        }
        if pricing != Configuration.Semantics.Pricing(), configuration.semantics.mode == .passthrough {
            warn(key, "not used with semantics.mode: passthrough", "remove it, or write mode: canonical")
        }
        for (number, override) in pricing.overrides.enumerated() {
            let key = "\(key).overrides[\(number)]"
            guard !wrongKeys.contains(where: { $0.hasPrefix(key) }) else { continue }
            let kinds = [override.standsFor != nil, override.discount != nil, !override.amounts.isEmpty].filter(\.self).count
            if override.model.isEmpty { fail(key, "no model", "write model: NAME") }
            if kinds == 0 { fail(key, "says nothing about the price", "write input and output, per_second, discount, or as: MODEL") }
            if kinds > 1 {
                fail(key, "as, discount and prices contradict each other", "write one of them; several overrides may stand in the list")
            }
            if override.standsFor != nil, override.tenant != nil { fail(key, "as holds for all tenants", "remove tenant") }
            if override.standsFor != nil, override.model.contains("*") { fail(key, "as needs a whole name", "write the model without *") }
            let tokens = override.amounts.filter { !["per_request", "per_second"].contains($0.name) }
            if !tokens.isEmpty, override.input == nil { fail(key, "no price for input", "write input: DOLLARS for a million tokens") }
            if !tokens.isEmpty, override.output == nil {
                warn(key, "no price for output", "calls with output have no price; write output: DOLLARS for a million tokens")
            }
        }
        for (number, tool) in pricing.tools.enumerated() {
            let key = "\(key).tools[\(number)]"
            guard !wrongKeys.contains(where: { $0.hasPrefix(key) }) else { continue }
            if tool.tool == nil, tool.endpoint == nil { fail(key, "no tool", "write tool: NAME or endpoint: HOST; * stands for anything") }
            if tool.perCall == nil { fail(key, "no price", "write per_call: DOLLARS") }
        }
    }

    private mutating func check(_ destination: Configuration.Destination) {
        let key = "destinations.\(destination.name)"
        let urls = Signal.allCases.compactMap { destination.url(for: $0) }
        let isSpoiled = wrongKeys.contains { $0.hasPrefix(key + ".endpoint") }
        if urls.isEmpty && !isSpoiled {
            if Self.named(destination).isEmpty || destination.signals.isEmpty {
                fail(key, "no endpoint", "write endpoint: https://HOST")
            } else {
                fail("\(key).signals", "no address for any of them", "name a signal that the endpoint takes, or another endpoint")
            }
        }
        if destination.wait == .none && [.langfuse, .mlflow, .langsmith].contains(destination.dialect) {
            fail(
                "\(key).wait",
                "none, and dialect \(destination.dialect.rawValue) says of every span what is found out of its trace",
                "write wait: settled, or another dialect"
            )
        }
        if destination.wait == .none && destination.sample.percent < 100 {
            fail("\(key).wait", "none, and sample", "what a trace was is known when it is settled: remove one of the two")
        }
        if destination.sample.percent == 100 && !destination.sample.keep.isEmpty {
            warn("\(key).sample.keep", "not needed", "all traces go; write a sample.percent below 100")
        }
        checkCertificates(destination, key)
        checkProfile(destination, key)
        // What is said about one server is said once, however many of its paths are named.
        var servers: Set<String> = []
        for (name, url) in Self.named(destination) where servers.insert("\(url.isSecure) \(url.host):\(url.port)").inserted {
            check(url, of: destination, "\(key).\(name)")
        }
        if destination.http2 && Self.named(destination).allSatisfy({ !$0.url.isSecure }) {
            warn("\(key).http2", "not used with http://", "write https:// in the endpoint")
        }
        if destination.compression == .none && destination.compressionLevel != 1 {
            warn("\(key).compression_level", "not used without compression", "write compression: gzip or zstd")
        }
        if destination.batch.linger >= .seconds(60) {
            warn(
                "\(key).batch.linger",
                "\(destination.batch.linger.text) is long",
                "telemetry arrives that late; seconds are enough for full batches"
            )
        }
        if !isWrong("memory.budget"), destination.batch.maxBytes > configuration.memory.budgetBytes {
            fail(
                "\(key).batch.max_bytes",
                "more than memory.budget (\(ByteCount(configuration.memory.budgetBytes)))",
                "write less, or a larger budget"
            )
        }
    }

    /// What the profile's backend has to be told, and what it does not take.
    private mutating func checkProfile(_ destination: Configuration.Destination, _ key: String) {
        guard let backend = destination.profile.backend, !isWrong("\(key).profile") else {
            if !destination.credentials.isEmpty {
                warn("\(key).credentials", "not used: profile \(destination.profile.rawValue) has none", "write headers instead")
            }
            if destination.project != nil || !destination.projects.isEmpty {
                warn("\(key).project", "not used: profile \(destination.profile.rawValue) has no place for it", "write headers instead")
            }
            return
        }
        let known = backend.credentials.map(\.name)
        for credential in destination.credentials where !known.contains(credential.name) {
            let remedy =
                nearest(to: credential.name, among: known).map { "did you mean \($0)?" }
                ?? (known.isEmpty ? "write headers instead" : "known here: \(known.joined(separator: ", "))")
            fail("\(key).credentials.\(credential.name)", "\(backend.name) has no credential of this name", remedy)
        }
        let own = Set(destination.headers.map { $0.name.lowercased() })
        for name in backend.requires {
            // Whoever writes the header that it goes into needs it no more.
            let places = backend.headers.filter { HeaderForm.names(in: $0.form).contains(name) }
            if places.contains(where: { own.contains($0.name.lowercased()) }) { continue }
            if name == "project" {
                guard destination.project == nil, destination.projects.isEmpty else { continue }
                let names = places.map(\.name) + backend.resource.filter { HeaderForm.names(in: $0.form).contains(name) }.map(\.key)
                fail("\(key).project", "\(backend.title) needs it (\(names.joined(separator: ", ")))", "write project: NAME")
            } else if !isGiven(name, destination, key) {
                let place = backend.credentials.first { $0.name == name }?.place ?? ""
                fail(
                    "\(key).credentials.\(name)",
                    "\(backend.title) needs it (\(place))",
                    "write credentials: { \(name): \"${env:NAME}\" }"
                )
            }
        }
        if destination.project != nil || !destination.projects.isEmpty, !backend.hasProjects {
            warn("\(key).project", "not used: \(backend.title) has no header for it", "leave it out")
        }
        for signal in Signal.allCases where destination.url(for: signal) != nil {
            guard let taken = backend.takenSignals, !taken.contains(signal.name) else { continue }
            warn("\(key).signals", "\(backend.title) takes no \(signal.name)", "leave \(signal.name) out")
        }
    }

    private func isGiven(_ name: String, _ destination: Configuration.Destination, _ key: String) -> Bool {
        isWrong("\(key).credentials.\(name)") || destination.credentials.contains { $0.name == name && !$0.value.revealed().isEmpty }
    }

    private mutating func check(_ url: EndpointURL, of destination: Configuration.Destination, _ key: String) {
        if let listener = ownListener(url) {
            fail(key, "\(url) is this bridge's own \(listener)", "telemetry would go round in circles; name the backend's own address")
        }
        if !url.isSecure && !destination.headers.isEmpty && !isLoopback(url.host) {
            let names = destination.headers.map(\.name).joined(separator: ", ")
            warn(key, "\(url.host) gets headers (\(names)) unencrypted", "use https:// if one of them is a credential")
        }
        if url.explicitPort == 4317 {
            warn(key, "4317 is the port of OTLP over gRPC", "use the backend's OTLP/HTTP port, often 4318")
        }
    }

    private mutating func checkCertificates(_ destination: Configuration.Destination, _ key: String) {
        let tls = destination.tls
        if (tls.certificate == nil) != (tls.key == nil) {
            let (given, missing) = tls.key == nil ? ("cert", "key") : ("key", "cert")
            fail("\(key).tls.\(given)", "tls.cert and tls.key belong together", "write tls.\(missing) too")
        }
        for (name, path) in [("ca", tls.ca), ("cert", tls.certificate), ("key", tls.key)] {
            guard let path, case .failure(let mistake) = machine.readFile(path) else { continue }
            fail("\(key).tls.\(name)", "\(path) cannot be read (\(mistake.reason))", "check the path and its permissions")
        }
        let isPlain = Self.named(destination).allSatisfy { !$0.url.isSecure }
        if tls != .init() && isPlain { warn("\(key).tls", "not used with http://", "write https:// in the endpoint") }
    }

    /// The addresses as they are written.
    private static func named(_ destination: Configuration.Destination) -> [(name: String, url: EndpointURL)] {
        var named = destination.endpoint.map { [(name: "endpoint", url: $0)] } ?? []
        for signal in Signal.allCases {
            if let url = destination.endpoints[signal] { named.append(("endpoints.\(signal.name)", url)) }
        }
        return named
    }

    /// Which listener of ours a URL leads to. Names are resolved only where the port is the same.
    private func ownListener(_ url: EndpointURL) -> String? {
        let listeners = [("receiver", configuration.receivers.otlp.http), ("admin listener", configuration.admin.listen)]
        for (what, listener) in listeners where listener.port == url.port {
            let destinations = Set(machine.addresses(url.host).map(Self.asReached))
            let own = listener.isEveryInterface ? machine.ownAddresses() + ["127.0.0.1", "::1"] : machine.addresses(listener.host)
            if !destinations.isDisjoint(with: own.map(Self.asReached)) { return "\(what) (\(listener))" }
            if listener.isEveryInterface && destinations.contains(where: Self.isLoopbackAddress) { return "\(what) (\(listener))" }
        }
        return nil
    }

    /// Connecting to "any address" reaches this machine, and an IPv4 address may come in IPv6 clothes.
    private static func asReached(_ address: String) -> String {
        if address == "0.0.0.0" { return "127.0.0.1" }
        if address == "::" { return "::1" }
        return address.hasPrefix("::ffff:") ? String(address.dropFirst("::ffff:".count)) : address
    }

    private static func isLoopbackAddress(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

    private func isLoopback(_ host: String) -> Bool { host == "localhost" || Self.isLoopbackAddress(host) }

    private func isWrong(_ keys: String...) -> Bool { keys.contains { wrongKeys.contains($0) } }

    private mutating func fail(_ key: String, _ problem: String, _ remedy: String) { add(.error, key, problem, remedy) }

    private mutating func warn(_ key: String, _ problem: String, _ remedy: String) { add(.warning, key, problem, remedy) }

    private mutating func add(_ severity: Finding.Severity, _ key: String, _ problem: String, _ remedy: String) {
        findings.append(Finding(severity: severity, origin: origin(of: key), key: key, problem: problem, remedy: remedy))
    }

    /// Where the key was given, else the nearest key around or below it that was.
    private func origin(of key: String) -> Origin {
        if let origin = origins[key] { return origin }
        if let below = origins.keys.filter({ $0.hasPrefix(key + ".") }).min() { return origins[below] ?? .standard }
        guard key.hasPrefix("destinations."), let dot = key.lastIndex(of: ".") else { return .standard }
        return origin(of: String(key[..<dot]))
    }
}
