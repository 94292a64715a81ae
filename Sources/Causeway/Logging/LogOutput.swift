internal import CausewayModel
package import CausewayPlatform
package import Logging
internal import Synchronization

/// Where all log lines come together: one level, one form, one throttle, one stream.
///
/// Level and form may change while the bridge runs. Repeated lines of `info` and above are written at once, then at most every
/// ten seconds with `suppressed=N`; a line repeats another when level, message and `destination` are the same. `debug` and
/// `trace` are for looking closely and are not held back.
package final class LogOutput: Sendable {
    private let state: Mutex<State>
    private let clock: any Clock
    private let write: @Sendable ([UInt8]) -> Void

    private struct State {
        var settings: Configuration.Log
        var throttle = LogThrottle()
    }

    package init(
        _ settings: Configuration.Log,
        clock: any Clock = SystemClock(),
        write: @escaping @Sendable ([UInt8]) -> Void = { Files.writeToStandardError($0) }
    ) {
        state = Mutex(State(settings: settings))
        self.clock = clock
        self.write = write
    }

    /// Takes over new settings from here on.
    package func change(to settings: Configuration.Log) { state.withLock { $0.settings = settings } }

    package func logger(label: String = "causeway") -> Logger { Logger(label: label) { _ in BridgeLogHandler(output: self) } }

    var level: Logger.Level { state.withLock { $0.settings.level.loggerLevel } }

    func log(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        let key = "\(level.rawValue) \(metadata["destination"]?.description ?? "") \(message)"
        let boot = clock.bootNanoseconds()
        // One lock around writing too, so that lines come in the order of their times.
        state.withLock { state in
            var suppressed = 0
            if level >= .info {
                guard let count = state.throttle.admit(key, at: boot) else { return }
                suppressed = count
            }
            let time = Timestamp(nanoseconds: clock.wallNanoseconds())
            let line = LogLine(time: time, level: level, message: message, metadata: metadata, suppressed: suppressed)
            let text =
                switch state.settings.format {
                case .text: line.text()
                case .json: line.json()
                }
            write([UInt8](text.utf8))
        }
    }
}

/// The logging interface's way into a `LogOutput`.
struct BridgeLogHandler: LogHandler {
    let output: LogOutput
    var metadata: Logger.Metadata = [:]
    /// Set on one logger only; otherwise the output's level counts, which may change.
    private var ownLevel: Logger.Level?

    init(output: LogOutput) { self.output = output }

    var logLevel: Logger.Level {
        get { ownLevel ?? output.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        output.log(event.level, event.message.description, all)
    }
}

extension Configuration.Log.Level {
    fileprivate var loggerLevel: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}
