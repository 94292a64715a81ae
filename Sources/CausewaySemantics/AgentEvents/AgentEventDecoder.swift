internal import CausewayModel
internal import CausewayOTLP

/// Reads lines of agent events, one at a time and without a tree: what a line says is written as a span, an event or a log record at once.
struct AgentEventDecoder {
    /// The longest that somebody's clock may be ahead of ours.
    static let patience: UInt64 = 3600 * 1_000_000_000

    /// As in `Facts`: nothing is copied for a question.
    private let anchor: any Sendable = ()
    var outline = JSONOutline()
    var scratch: [UInt8] = []
    /// Attributes, with the number that they have in what the line becomes.
    var attributes = WireWriter()
    var number = 9
    var state = WireWriter()
    var tail = WireWriter()
    let hashing: CallKey

    /// What the line said so far.
    var line = Said()
    /// The keys of all attributes that it has got: two of one name help nobody.
    var keys = AttributeKeySet()
    /// A name or key on its way into what the line becomes.
    var text: [UInt8] = []
    var now: UInt64 = 0
    var type = AgentEventType.log
    var shape = AgentEventType.Shape.logRecord
    var traces = SenderIDs(digits: 32)
    var spans = SenderIDs(digits: 16)

    struct Said {
        var trace: TraceID?
        var span: SpanID?
        var parent: SpanID?
        var name: Range<Int>?
        var subject: Int?
        var operation: Int?
        var start: UInt64?
        var end: UInt64?
        var duration: Double?
        var phase: AgentEventPhase?
        var status: Int?
        var hasFailure = false
        var category: Int?
        var code: Int?
        var errorType: Int?
        var message: Int?
        var hasOutcome = false
        var hasStepType = false
        var called: Int?
        var body: Int?
        var severity: Int?
        var eventName: Int?
        var free: Int?
        var links: [Link] = []
        var result = AgentEventLine(type: .log, trace: TraceID(high: 0, low: 1)!, contents: [])
    }

    struct Link {
        var contents: [UInt8]
        /// It leads into another trace.
        var isElsewhere: Bool
    }

    init(hashing: CallKey) { self.hashing = hashing }

    /// `now` stands in for a time that the line does not say.
    mutating func decode(_ text: [UInt8], now: UInt64) throws(AgentEventMistake) -> AgentEventLine {
        self.now = now
        line = Said()
        keys.removeAll()
        scratch.removeAll(keepingCapacity: true)
        attributes.removeAll()
        state.removeAll()
        tail.removeAll()
        defer { outline.forget() }
        var text = text
        if !ByteScan.isUTF8(text) {
            var mended: [UInt8] = []
            UTF8Text.append(text.indices, of: text, to: &mended)
            text = mended
            line.result.isRepaired = true
        }
        guard outline.read(text, text.indices), outline.kind(0) == .object else { throw Self.notJSON(text) }
        let table = try self.table()
        try take(table, 0)
        return try finished()
    }

    /// The scanner is slower, and says where it stumbles.
    static func notJSON(_ text: [UInt8]) -> AgentEventMistake {
        var scanner = JSONScanner(text, depthLimit: JSONOutline.depthLimit)
        do throws(JSONError) {
            let first = try scanner.next()
            if first != .beginObject { return AgentEventMistake(.json, "not a JSON object; write one object a line") }
            while try scanner.next() != .end {}
        } catch {
            return AgentEventMistake(.json, "not JSON: \(error)")
        }
        return AgentEventMistake(.json, "not JSON that can be read: too many values")
    }

    mutating func table() throws(AgentEventMistake) -> AgentEventTable {
        guard let node = outline.member("type", of: 0) else {
            throw AgentEventMistake(.type, "no type; write one of \(Self.typeNames)")
        }
        guard outline.kind(node) == .string, let place = AgentEventTable.places[outline.bytes, outline.inside(node)] else {
            throw AgentEventMistake(.type, "the type \(shown(node)) is not known; write one of \(Self.typeNames)")
        }
        type = AgentEventType.allCases[place]
        shape = type.shape
        if type == .evaluation, outline.member(["id", "start", "end", "duration_ms", "phase"], of: 0) == nil { shape = .logRecord }
        number =
            switch shape {
            case .span: 9
            case .spanEvent: 3
            case .logRecord: 6
            }
        line.result.type = type
        line.result.shape = shape
        return AgentEventTable.types[place]
    }

    static let typeNames = AgentEventType.allCases.map(\.rawValue).joined(separator: ", ")

    mutating func take(_ table: AgentEventTable, _ object: Int) throws(AgentEventMistake) {
        var seen: UInt64 = 0
        var next = outline.firstChild(object)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: object)
            let place = outline.isPlain(key) ? table.find(outline.inside(key), outline.bytes) : -1
            guard place >= 0 else {
                keepUnknown(key, value, of: table)
                continue
            }
            guard seen & 1 << UInt64(place) == 0 else {
                throw AgentEventMistake(.member, "\(table.entries[place].path) is given twice")
            }
            seen |= 1 << UInt64(place)
            if outline.kind(value) == .null { continue }
            try take(table.entries[place], value)
        }
    }

    mutating func take(_ entry: AgentEventTable.Entry, _ node: Int) throws(AgentEventMistake) {
        try check(entry, node)
        switch entry.act {
        case .role(let role): try take(role, entry, node)
        case .members:
            if case .failure = entry.mark { line.hasFailure = true }
            try takeMembers(entry, node)
        case .attribute:
            if case .toolArguments = entry.mark { line.called = node }
            write(entry, node, number)
        case .seconds:
            guard isNew(entry) else { return }
            attributes.attribute(number, entry.key, double: (outline.double(node) ?? 0) / 1000)
        case .subject:
            line.subject = node
            write(entry, node, number)
        case .identity: identify(entry, node)
        case .resource: describe(keyed(entry.key, node, number: 1), replacing: true)
        case .prefix: takeMap(node, prefix: entry.key, number)
        }
    }

    mutating func takeMembers(_ entry: AgentEventTable.Entry, _ node: Int) throws(AgentEventMistake) {
        guard let members = entry.members else { return }
        if outline.kind(node) == .object {
            try take(members, node)
        } else {
            try take(members.entries[entry.short], node)
        }
    }

    /// Whether the line has no attribute with this key so far; from now on it has one.
    mutating func isNew(_ key: [UInt8]) -> Bool { keys.add(key) }

    @inline(__always)
    mutating func isNew(_ entry: AgentEventTable.Entry) -> Bool { entry.keyPlace >= 0 ? keys.add(entry.keyPlace) : keys.add(entry.key) }
}
