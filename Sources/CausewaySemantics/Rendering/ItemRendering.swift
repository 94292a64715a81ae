internal import CausewayOTLP

/// What is known about one canonical item, and what changes in it on the way to a destination.
///
/// One of these serves all items of a request, one after the other.
struct ItemRendering: ~Copyable {
    let payload: [UInt8]
    private(set) var span: SpanView?
    private(set) var name = 0..<0
    private var attributes = KeyedAttributes()
    /// Which attribute has a field's key; -1 if none.
    private var places = [Int32](repeating: -1, count: ItemRendering.keys.count)
    /// The keys of all attributes; an empty one where the attribute goes.
    private var taken: [Range<Int>] = []
    private(set) var operation: Operation?
    /// Fields of the item that go.
    private var drops: [Range<Int>] = []
    /// Fields that are added.
    var added = WireWriter()
    /// Where the item keeps its attributes.
    private var field = 9
    /// JSON that is looked into once.
    var outline = JSONOutline()
    /// The fields whose JSON was looked into; nil for one that is none.
    var outlines: [(field: Field, outline: JSONOutline?)] = []
    /// Text on its way into an attribute.
    var text: [UInt8] = []

    /// Keys beside the fields' that rendering looks at.
    enum Extra: Int, CaseIterable {
        case rollup, duplicateOf, outputSummary
        case failureCategory, failureCode, failureMessage, failureFallback

        var key: String {
            switch self {
            case .rollup: "causeway.usage.rollup"
            case .duplicateOf: "causeway.duplicate_of"
            case .outputSummary: "causeway.output.summary"
            case .failureCategory: "causeway.failure.category"
            case .failureCode: "causeway.failure.code"
            case .failureMessage: "causeway.failure.message"
            case .failureFallback: "causeway.failure.fallback"
            }
        }
    }

    private static let keys = Field.allCases.map(\.key) + Extra.allCases.map(\.key)
    private static let index = KeyIndex(keys)

    init(_ payload: [UInt8]) { self.payload = payload }

    mutating func begin(_ view: SpanView) {
        (span, name, field) = (view, view.name, 9)
        begin(view.attributes)
    }

    mutating func begin(_ record: LogRecordView) {
        (span, name, field) = (nil, record.eventName, 6)
        begin(record.attributes)
    }

    private mutating func begin(_ list: AttributeList) {
        for entry in attributes.entries where entry.id >= 0 { places[entry.id] = -1 }
        attributes.read(list, Self.index, payload)
        taken.removeAll(keepingCapacity: true)
        drops.removeAll(keepingCapacity: true)
        outlines.removeAll(keepingCapacity: true)
        added.removeAll()
        for (number, entry) in attributes.entries.enumerated() {
            taken.append(entry.view.key)
            if entry.id >= 0, places[entry.id] < 0, entry.rest == entry.view.key.upperBound { places[entry.id] = Int32(number) }
        }
        operation = readOperation()
    }

    /// Whether the item is an agent's, or at least belongs to a conversation of one.
    var isAgents: Bool { operation != nil || has(.conversationID) || has(.agentName) || has(.requestModel) || has(.toolName) }

    var isUnchanged: Bool { drops.isEmpty && added.bytes.isEmpty }

    /// A span without parent.
    var isRoot: Bool { span.map { $0.parentSpanID == nil } ?? false }

    /// A kind of step that the conventions have no operation for goes before an operation that the source may have put there instead.
    private func readOperation() -> Operation? {
        let type = textRange(.stepType)
        if let type {
            for (word, operation) in Self.stepTypes where payload.holds(word, at: type) { return operation }
        }
        if let range = textRange(.operationName) { return Operation(named: payload, range) ?? .step }
        guard let type else { return nil }
        for (word, operation) in Self.operations where payload.holds(word, at: type) { return operation }
        return .step
    }

    private static let stepTypes: [(String, Operation)] = [
        ("step", .step), ("guardrail", .guardrail), ("evaluation", .evaluation), ("rerank", .rerank), ("handoff", .handoff),
        ("validation", .validation), ("prompt", .prompt), ("parse", .parse), ("wait", .wait),
    ]

    private static let operations: [(String, Operation)] = [
        ("model_call", .chat), ("tool_call", .executeTool), ("retrieval", .retrieval), ("embedding", .embeddings), ("planning", .plan),
        ("memory", .memory),
    ]
}

/// Reading.
extension ItemRendering {
    private func value(_ place: Int) -> ValueView? {
        places[place] >= 0 ? attributes.entries[Int(places[place])].view.value : nil
    }

    func value(_ field: Field) -> ValueView? { value(Int(field.rawValue)) }

    func value(_ extra: Extra) -> ValueView? { value(Field.allCases.count + extra.rawValue) }

    func has(_ field: Field) -> Bool { places[Int(field.rawValue)] >= 0 }

    /// Where the text of a field lies; nil if it is not there, is no text or says nothing.
    func textRange(_ field: Field) -> Range<Int>? {
        guard case .string(let range)? = value(field), !range.isEmpty else { return nil }
        return range
    }

    func string(_ field: Field) -> String? { textRange(field).map { payload.text($0) } }

    func int(_ field: Field) -> Int64? {
        switch value(field) {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        default: nil
        }
    }

    func double(_ field: Field) -> Double? {
        switch value(field) {
        case .double(let number): number
        case .int(let number): Double(number)
        default: nil
        }
    }

    func bool(_ field: Field) -> Bool? { if case .bool(let flag)? = value(field) { flag } else { nil } }

    /// The strings of a list, where they lie.
    func texts(_ field: Field) -> [Range<Int>] {
        switch value(field) {
        case .array(let range):
            ValueView.elements(of: range, payload).compactMap { if case .string(let text) = $0 { text } else { nil } }
        case .string(let range): [range]
        default: []
        }
    }

    func textRange(_ extra: Extra) -> Range<Int>? {
        guard case .string(let range)? = value(extra), !range.isEmpty else { return nil }
        return range
    }

    /// Whether the span's tokens are sums of what lies below, or those of a call that another span counts.
    var isCountedElsewhere: Bool { isMarkedElsewhere || operation.map { !$0.countsUsage } ?? false }

    /// The same of money, which tools, searches and guardrails may cost, too.
    var isPaidElsewhere: Bool { isMarkedElsewhere || operation.map { !$0.hasPrice } ?? false }

    private var isMarkedElsewhere: Bool {
        if case .bool(true)? = value(.rollup) { return true }
        return value(.duplicateOf) != nil
    }

    /// The attributes whose keys begin so, for taking them out.
    private func entries(beginning start: String) -> [Int] {
        let start = Array(start.utf8)
        return attributes.entries.indices.filter { payload.begins(with: start, at: attributes.entries[$0].view.key) }
    }

    /// The contents of an attribute's AnyValue.
    private func contents(_ entry: Int) -> Range<Int> {
        var fields = FieldReader(attributes.entries[entry].view.contents)
        while let field = fields.next(payload) {
            if field.number == 2 { return field.contents }
        }
        return 0..<0
    }
}

/// Changing.
extension ItemRendering {
    /// Whether an attribute that stays has this key.
    func isThere(_ key: String) -> Bool {
        let count = key.utf8.count
        for range in taken where range.count == count && payload.holds(key, at: range) { return true }
        return false
    }

    mutating func drop(_ field: Field) {
        let entry = Int(places[Int(field.rawValue)])
        guard entry >= 0, !taken[entry].isEmpty else { return }
        drops.append(attributes.entries[entry].view.range)
        taken[entry] = 0..<0
    }

    mutating func drop(_ fields: [Field]) {
        for field in fields { drop(field) }
    }

    /// Takes out an attribute that is no field's.
    mutating func drop(key: String) {
        for (number, range) in taken.enumerated() where payload.holds(key, at: range) {
            drops.append(attributes.entries[number].view.range)
            taken[number] = 0..<0
        }
    }

    /// Takes out another part of the item, such as an event.
    mutating func drop(part: Range<Int>) { drops.append(part) }

    /// Token counts go: another span has them.
    mutating func dropUsage() { drop(beginning: "gen_ai.usage.") }

    /// The same before anything is said of them in other words.
    mutating func forgetUsage() {
        for entry in entries(beginning: "gen_ai.usage.") {
            let id = attributes.entries[entry].id
            if id >= 0 { places[id] = -1 }
        }
        dropUsage()
    }

    /// Takes out the attributes whose keys begin so.
    mutating func drop(beginning start: String) {
        for entry in entries(beginning: start) where !taken[entry].isEmpty {
            drops.append(attributes.entries[entry].view.range)
            taken[entry] = 0..<0
        }
    }

    /// The value of an attribute that came, whatever became of it, under another key as well.
    mutating func copy(_ source: String, to key: String) {
        guard let entry = attributes.entries.firstIndex(where: { payload.holds(source, at: $0.view.key) }), !isThere(key) else { return }
        added.attribute(field, key, value: contents(entry), of: payload)
    }

    /// Says something under a key of the dialect; false if an attribute that is there has the key.
    @discardableResult
    mutating func put(_ key: String, text range: Range<Int>) -> Bool {
        guard !isThere(key) else { return false }
        added.attribute(field, key, text: range, of: payload)
        return true
    }

    @discardableResult
    mutating func put(_ key: String, text bytes: [UInt8]) -> Bool {
        guard !isThere(key) else { return false }
        added.attribute(field, key, text: bytes.indices, of: bytes)
        return true
    }

    mutating func put(_ key: String, word: String) {
        if !isThere(key) { added.attribute(field, key, word: word) }
    }

    mutating func put(_ key: String, int: Int64?) {
        if let int, !isThere(key) { added.attribute(field, key, int: int) }
    }

    mutating func put(_ key: String, double: Double?) {
        if let double, !isThere(key) { added.attribute(field, key, double: double) }
    }

    mutating func put(_ key: String, bool: Bool?) {
        if let bool, !isThere(key) { added.attribute(field, key, bool: bool) }
    }

    /// The same value under another key as well.
    mutating func copy(_ source: Field, to key: String) {
        let entry = Int(places[Int(source.rawValue)])
        guard entry >= 0, !isThere(key) else { return }
        added.attribute(field, key, value: contents(entry), of: payload)
    }

    /// The same value under another key.
    mutating func rename(_ source: Field, to key: String) {
        guard has(source), !isThere(key) else { return }
        copy(source, to: key)
        drop(source)
    }

    func sortedDrops() -> [Range<Int>] { drops.sorted { $0.lowerBound < $1.lowerBound } }
}

/// JSON on its way into an attribute.
extension ItemRendering {
    /// A field's text as a JSON string.
    mutating func quote(_ range: Range<Int>) { JSONEscapes.quote(payload, range, to: &text) }

    /// JSON text as it is, any other text as a JSON string.
    mutating func appendJSON(_ range: Range<Int>) {
        if isJSON(range) { text += payload[range] } else { quote(range) }
    }

    /// Whether the text is JSON, and not a bare word or number that somebody wrote.
    mutating func isJSON(_ range: Range<Int>) -> Bool {
        guard let first = payload[range].first, [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(first) else {
            return false
        }
        defer { outline.forget() }
        return outline.read(payload, range)
    }

    mutating func isObject(_ range: Range<Int>) -> Bool { payload[range].first == UInt8(ascii: "{") && isJSON(range) }
}
