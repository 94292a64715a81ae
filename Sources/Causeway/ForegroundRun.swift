internal import CausewayModel
internal import CausewayPlatform
internal import Logging

/// What a run in the foreground asks of the bridge it has started.
package protocol RunningBridge {
    /// Takes over what may change while running; `configuration` is what is in force from here on.
    func reload(_ configuration: Configuration)
    /// A new configuration was refused; the old one stays in force. For the metric and `/readyz`.
    func refuseReload(_ findings: [Finding])
    /// Stops receiving, goes on delivering within `shutdown.timeout`, closes the spool.
    func drain()
}

/// A bridge in the foreground of a process: reads the configuration, starts the bridge, and does what signals ask until told to stop.
package struct ForegroundRun {
    private let load: () -> LoadedConfiguration

    package init(files: [String], flags: Configuration.Flags) {
        self.init { Configuration.load(files: files, flags: flags, on: .real()) }
    }

    /// `load` is asked at the start and at each reload.
    init(load: @escaping () -> LoadedConfiguration) { self.load = load }

    /// Returns after draining. Call it on the main thread while there is no other.
    ///
    /// A configuration with errors is thrown, one finding a line; the bridge is not started then.
    package func run(
        start: (LoadedConfiguration, LogOutput) throws(CausewayError) -> any RunningBridge
    ) throws(CausewayError) {
        // Before anything else can start a thread.
        let requests = LifecycleSignals()
        let loaded = load()
        if let refusal = loaded.refusal { throw refusal }
        let output = LogOutput(loaded.configuration.log)
        let log = output.logger()
        Self.tell(loaded.findings, log)
        let bridge = try start(loaded, output)

        let machine = Machine.real()
        let watch = FileWatch(loaded.files, stamps: loaded.stamps, readFile: machine.readFile, stampFile: machine.stampFile)
        watch.run { LifecycleSignals.requestReload() }
        var inForce = loaded.configuration
        for request in requests {
            switch request {
            case .reload:
                let new = load()
                watch.watch(new.files, stamps: new.stamps)
                watch.run { LifecycleSignals.requestReload() }
                guard new.isUsable else {
                    Self.tell(new.findings, log)
                    log.error("reload refused, the configuration in force stays")
                    bridge.refuseReload(new.findings)
                    continue
                }
                let (effective, needRestart) = Self.reload(inForce, new.configuration)
                Self.tell(new.findings, log)
                inForce = effective
                output.change(to: effective.log)
                bridge.reload(effective)
                if needRestart.isEmpty {
                    log.info("configuration reloaded")
                } else {
                    log.warning(
                        "configuration reloaded; some of it needs a restart",
                        metadata: ["keys": "\(needRestart.joined(separator: ", "))"]
                    )
                }
            case .drain:
                log.info("draining", metadata: ["timeout": "\(inForce.shutdown.timeout.text)"])
                bridge.drain()
                log.info("stopped")
            }
        }
    }

    /// What is in force afterwards, and what would need a restart.
    static func reload(_ old: Configuration, _ new: Configuration) -> (effective: Configuration, needRestart: [String]) {
        (old.reloaded(with: new), Configuration.changesNeedingRestart(from: old, to: new))
    }

    private static func tell(_ findings: [Finding], _ log: Logger) {
        for finding in findings {
            switch finding.severity {
            case .error: log.error("\(finding)")
            case .warning: log.warning("\(finding)")
            case .note: log.info("\(finding)")
            }
        }
    }
}

extension LoadedConfiguration {
    /// Why no bridge may run with it: all errors, one a line.
    package var refusal: CausewayError? {
        if isUsable { return nil }
        let lines = findings.filter { $0.severity == .error }.map(\.description)
        return CausewayError(unreadableFiles.isEmpty ? .configuration : .unavailable, lines.joined(separator: "\n"))
    }
}
