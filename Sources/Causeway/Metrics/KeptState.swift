internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySpool

/// Much that is known of many series, as it is kept in `state/` for a restart: compressed, and written anew only when it has changed.
///
/// What stands in its owner's checkpoint is only the head: which of two files holds the rest. A head that is durable always finds its file,
/// for another one is written beside it and never over it. Used from one thread at a time.
struct KeptState {
    private let spool: Spool
    private let names: [String]
    /// Which file the last head names that is durable.
    private var durable: Place?
    /// What was written last, compressed, and where; nil when nothing was.
    private var written: (place: Place, compressed: [UInt8])?

    private struct Place: Equatable {
        var file: Int
        /// No two bodies have the same: one of another head's is told by it.
        var number: UInt64
    }

    /// Of the form of the bodies.
    private static let version: UInt64 = 1
    private static let maxBytes = 256 << 20

    /// `name`: of both files, without the digit at their ends.
    init(_ spool: Spool, _ name: String) {
        self.spool = spool
        names = ["\(name)1", "\(name)2"]
    }

    // A field each: 1 the file, counted from 1; 2 its number; 3 instead of both all of it, compressed
    /// The head for what is known now; durable are the contents when it returns, unless they stand in it. `isDurable` is to be called when the
    /// head is, too.
    mutating func head(_ contents: [UInt8]) -> [UInt8] {
        let compressed = Compressor(.zstd, level: 3).compressed(contents)
        if let written, written.compressed == compressed { return Self.head(written.place) }
        let place = Place(file: durable.map { 1 - $0.file } ?? 0, number: UInt64.random(in: 1 ... .max))
        do throws(SpoolError) {
            var body = WireWriter()
            body.fixed(1, place.number)
            body.field(2, compressed)
            try spool.save(Checkpoint(version: Self.version, sequence: 0, payload: body.bytes), as: names[place.file])
        } catch {
            // With no room for another file it stands in the head, which makes room for itself.
            var head = WireWriter()
            head.field(3, compressed)
            return head.bytes
        }
        written = (place, compressed)
        return Self.head(place)
    }

    /// The head that was given last is durable.
    mutating func isDurable() { if let written { durable = written.place } }

    /// What a head stands for; nil when it is lost.
    mutating func contents(_ head: [UInt8]) -> [UInt8]? {
        var (file, number, compressed): (Int?, UInt64?, [UInt8]?) = (nil, nil, nil)
        var fields = FieldReader(0..<head.count)
        while let field = fields.next(head) {
            switch field.number {
            case 1: file = Int(exactly: field.value).map { $0 - 1 }
            case 2: number = field.value
            case 3: compressed = [UInt8](head[field.contents])
            default: break
            }
        }
        if let file, let number, names.indices.contains(file) {
            let place = Place(file: file, number: number)
            durable = place
            guard let body = body(place) else { return nil }
            compressed = body
        }
        guard let compressed, let contents = try? ContentEncoding.zstd.decompressed(compressed, limit: Self.maxBytes) else { return nil }
        if let durable { written = (durable, compressed) }
        return contents
    }

    private func body(_ place: Place) -> [UInt8]? {
        guard let checkpoint = spool.checkpoint(names[place.file]), checkpoint.version == Self.version else { return nil }
        var (number, compressed): (UInt64?, [UInt8]?) = (nil, nil)
        var fields = FieldReader(0..<checkpoint.payload.count)
        while let field = fields.next(checkpoint.payload) {
            switch field.number {
            case 1: number = field.value
            case 2: compressed = [UInt8](checkpoint.payload[field.contents])
            default: break
            }
        }
        return number == place.number ? compressed : nil
    }

    private static func head(_ place: Place) -> [UInt8] {
        var writer = WireWriter()
        writer.varint(1, Int64(place.file + 1))
        writer.fixed(2, place.number)
        return writer.bytes
    }
}
