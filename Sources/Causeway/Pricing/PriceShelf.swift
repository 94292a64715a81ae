internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySemantics
internal import Logging
internal import Synchronization

/// The prices in force in a running bridge; a reload puts others in their place, and a file that turned bad leaves the old ones there.
final class PriceShelf: Sendable {
    /// What can be told about them.
    struct Status: Sendable {
        /// Models by the name of their table.
        var models: [(table: String, count: Int)] = []
        var loads = 0
        var failures = 0
        /// Why the file in force is not the one there is; nil if it is.
        var problem: String?
    }

    private struct State: Sendable {
        var book: PriceBook?
        var settings: Configuration.Semantics
        /// The table read from a file, by its path, as it was then.
        var table: PriceTable?
        var path: String?
        var stamp: FileStamp?
        var status = Status()
    }

    private let state: Mutex<State>
    /// Held while a file is read.
    private let reading = Mutex<Void>(())

    init(_ settings: Configuration.Semantics, _ log: Logger) {
        state = Mutex(State(settings: settings))
        load(settings, log)
    }

    /// What calls are priced with; nil if they are not.
    var current: PriceBook? { state.withLock { $0.book } }

    var status: Status { state.withLock { $0.status } }

    /// Reads the file anew if it is another one, or has changed.
    func reload(_ settings: Configuration.Semantics, _ log: Logger) { load(settings, log) }

    private func load(_ settings: Configuration.Semantics, _ log: Logger) {
        reading.withLock { _ in
            let pricing = settings.pricing
            guard settings.mode == .canonical, pricing.isEnabled else {
                return state.withLock { state in
                    (state.book, state.settings, state.table, state.path, state.stamp) = (nil, settings, nil, nil, nil)
                    state.status.models = []
                    state.status.problem = nil
                }
            }
            var (table, path, stamp) = state.withLock { ($0.table, $0.path, $0.stamp) }
            if let file = pricing.file {
                let now = try? Files.stamp(file)
                if file != path || now != stamp || table == nil {
                    switch PriceLoading.table(file) {
                    case .success(let read):
                        (table, path, stamp) = (read, file, now)
                        tell(read, file, log)
                        state.withLock { state in
                            state.status.loads += 1
                            state.status.problem = nil
                        }
                    case .failure(let mistake):
                        let remains = table.map { "the table in force stays (\($0.source))" } ?? "it is not used"
                        log.warning("file of prices cannot be used; \(remains)", metadata: ["file": "\(file)", "reason": "\(mistake)"])
                        state.withLock { state in
                            state.status.failures += 1
                            state.status.problem = "\(file): \(mistake)"
                        }
                    }
                }
            } else {
                (table, path, stamp) = (nil, nil, nil)
            }
            let book = PriceBook(pricing, table)
            state.withLock { state in
                (state.book, state.settings, state.table, state.path, state.stamp) = (book, settings, table, path, stamp)
                state.status.models = book.tables.map { ($0.name, $0.modelCount) }
                if pricing.file == nil { state.status.problem = nil }
            }
        }
    }

    private func tell(_ table: PriceTable, _ file: String, _ log: Logger) {
        log.info(
            "prices read",
            metadata: ["file": "\(file)", "table": "\(table.source)", "models": "\(table.modelCount)", "bytes": "\(table.byteCount)"]
        )
        guard table.warningCount > 0 else { return }
        let shown = table.warnings.prefix(3).joined(separator: "; ")
        log.warning(
            "prices left out; the rest is used: causeway pricing check FILE tells all",
            metadata: ["file": "\(file)", "count": "\(table.warningCount)", "first": "\(shown)"]
        )
    }
}

/// Reading files of prices from disk.
enum PriceLoading {
    /// Larger than any that is published, by far.
    static let limit = 256 << 20

    /// The table in a file, dated by when the file was written.
    static func table(_ path: String) -> Result<PriceTable, PriceFileError> {
        do throws(PriceFileError) {
            let stamp: FileStamp
            do throws(DiskError) {
                stamp = try Files.stamp(path)
            } catch {
                throw PriceFileError("cannot be read (\(error.reason))")
            }
            guard stamp.bytes <= limit else { throw PriceFileError("larger than 256 MiB") }
            var file = PriceFile(date: date(stamp))
            let problem = try Files.readPieces(path, limit: limit) { (piece) throws(PriceFileError) in try file.read(piece) }
            if let problem { throw PriceFileError("cannot be read (\(problem.reason))") }
            return .success(try file.finish())
        } catch {
            return .failure(error)
        }
    }

    private static func date(_ stamp: FileStamp) -> String {
        String(Timestamp(nanoseconds: stamp.modifiedNanoseconds).description.prefix(10))
    }
}

extension PriceBook {
    /// What a configuration says, with the table that was read from its file.
    convenience init(_ pricing: Configuration.Semantics.Pricing, _ table: PriceTable?) {
        let names = pricing.overrides.compactMap { override in
            override.standsFor.map { ((override.provider.map { "\($0)/" } ?? "") + override.model, $0) }
        }
        self.init(
            tables: [table, pricing.usesBuiltIn ? BuiltInPrices.table : nil].compactMap(\.self),
            overrides: pricing.overrides.filter { $0.standsFor == nil }.map { PriceOverride($0) },
            fees: pricing.tools.compactMap { tool in
                tool.perCall.flatMap { try? Dollars($0) }.map {
                    ToolFee(tool: tool.tool, endpoint: tool.endpoint, tenant: tool.tenant, perCall: $0)
                }
            },
            aliases: Dictionary(names, uniquingKeysWith: { first, _ in first })
        )
    }
}

extension PriceOverride {
    init(_ override: Configuration.Semantics.Pricing.Override) {
        self.init(model: override.model, provider: override.provider, tenant: override.tenant)
        for (name, text) in override.amounts {
            let unit: PriceUnit? =
                switch name {
                case "per_request": .request
                case "per_second": .second
                default: PriceUnit(named: name)
                }
            guard let unit else { continue }
            prices[unit] = try? Dollars(text, perPowerOfTen: unit == .request || unit == .second ? 0 : 6)
        }
        if let percent = override.discount, let part = try? Dollars(String(percent.dropLast())) {
            share = 1_000_000 - Int64(part.atto / 100_000_000_000_000)
        }
    }
}

extension Configuration.Semantics.Pricing.Override {
    /// The prices that are given, by their keys.
    var amounts: [(name: String, text: String)] {
        let all: [(String, String?)] = [
            ("input", input), ("output", output), ("cache_read", cacheRead), ("cache_write", cacheWrite),
            ("cache_write_1h", cacheWriteHour),
            ("reasoning", reasoning), ("audio_input", audioInput), ("audio_output", audioOutput), ("image_input", imageInput),
            ("image_output", imageOutput), ("per_request", perRequest), ("per_second", perSecond),
        ]
        return all.compactMap { name, text in text.map { (name, $0) } }
    }
}
