internal import CausewayOTLP

/// What is known about one item, and what becomes of the attributes that said it.
///
/// One of these serves all items of a request, one after the other, so that reading an item takes no memory of its own. The rules of
/// the dialects fill it, their code completes it, and at the end it says what changes in the item.
package struct Facts: ~Copyable {
    /// What a field holds.
    enum Fact {
        case none
        /// Text in the payload.
        case text(Range<Int>)
        /// Text in `scratch`.
        case made(Range<Int>)
        case int(Int64)
        case double(Double)
        case bool(Bool)
        /// The contents of an AnyValue in `scratch`.
        case encoded(Range<Int>)
        /// Content that is looked at when it is known which source counts.
        case pending

        var isNone: Bool { if case .none = self { true } else { false } }
    }

    struct Slot {
        var fact = Fact.none
        var rank: UInt16 = .max
        /// The attribute that says it; -1 if there is none.
        var source: Int32 = -1
        var reading = Reading.text
    }

    /// What an attribute said that another one said with more weight.
    struct Outvoted {
        var entry: Int
        var field: Field
        var fact: Fact
        var rank: UInt16
        var reading: Reading
        /// What becomes of it is known already.
        var isSettled = false
    }

    /// What becomes of an attribute of the source.
    enum Use: UInt8 {
        case kept
        /// A field says the same.
        case understood
        /// Goes in any case.
        case dropped
    }

    package enum Kind { case span, log, point }

    /// What the keys of an item say, whatever their values are: the same of every item that has the same keys.
    struct SeenKeys {
        var filter = KeyFilter()
        /// Some key has a number for a part, as those of flattened lists have.
        var hasPlaces = false
        /// Which attribute has a field's own key; -1 if none.
        var canonicalEntries = InlineArray<128, Int32>(repeating: -1)
        /// Whom the keys give away, and whom beside another sign.
        var found: DialectIndex.Set = 0
        var besides: DialectIndex.Set = 0
        /// With a bit for each attribute whose value may give somebody away, of the first 64.
        var valued: UInt64 = 0
        /// The dialects whose rules are followed, and where these are in `rules`; none before they are looked for.
        var readers: DialectIndex.Set = 0
        var rules = 0..<0
    }

    /// A rule and the attribute that it is for.
    private struct PlannedRule {
        var entry: UInt8 = 0
        var rule = DialectIndex.CompiledRule(dialect: 0, field: .operationName, reading: .text, rank: 0)
    }

    /// With a value of a type that it does not know, the compiler hands all of this on by where it lies. Otherwise it copies it, more than
    /// a thousand bytes, for each question that is asked of it.
    private let anchor: any Sendable = ()
    let index: DialectIndex
    var payload: [UInt8] = []
    var attributes = KeyedAttributes()
    var uses = AttributeUses()
    /// What is known about the keys of the item's attributes.
    var keys = SeenKeys()
    /// The same of items with other keys that came before, by their sequence.
    private var sequences = [SeenKeys](repeating: SeenKeys(), count: KeyedAttributes.sequenceLimit)
    private var lastSequence = -1
    /// The rules that are followed, `KeyedAttributes.sequenceLength` places for each sequence.
    private var rules: [PlannedRule] = []
    var slots = InlineArray<128, Slot>(repeating: Slot())
    var touched = FieldList()
    /// Attributes that said what another one said with more weight.
    var outvoted: [Outvoted] = []
    /// Bytes made while reading the item.
    var scratch: [UInt8] = []
    var outline = JSONOutline()

    // The item.
    package var kind = Kind.span
    package var name = 0..<0
    var span: SpanView?
    var events: [EventView] = []
    var startNanoseconds: UInt64 = 0
    var endNanoseconds: UInt64 = 0
    var log: LogRecordView?
    var point: DataPointView?
    /// What the values of a metric's points are multiplied by.
    var scale = 1.0
    /// Attributes of a point that were left out because they are without bound.
    var unbounded = 0
    /// What the scope gives away, and what the resource supports.
    var ambient: DialectIndex.Set = 0
    var support: DialectIndex.Set = 0
    var found: DialectIndex.Set = 0
    /// What counts only if something else was found.
    var besides: DialectIndex.Set = 0
    /// Where the item comes from: the first dialect found.
    package var primary = -1
    /// Which of several forms of its dialect it has.
    package var generation: String?

    // What is not an attribute of the source.
    package var operation: Operation?
    /// How sure the operation is; lower is surer.
    var operationRank: UInt8 = .max
    package var convention = TokenConvention.byNumbers
    /// A framework's name that stood where the provider's belongs.
    var framework: Fact = .none
    /// What was read last was one.
    var wasFramework = false
    /// A failure that the dialect names, and its text.
    package var noted: FailureCode?
    /// Only the wording of a message told which it is.
    var isNotedByWording = false
    package var failureText: String?
    /// The dialect says that it failed.
    package var hasFailed = false
    /// What becomes of a failed try: `will_retry`, `retried`, `exhausted`, `not_retryable`.
    package var retryState: String?
    var retries: Retries?
    var retryTimes: [UInt64] = []
    /// What the call used; nil if nothing is said about it.
    var usage: CallUsage?
    /// The counts are not to be trusted.
    var isUsageInvalid = false
    /// Fields of counts that some attribute says in a way that is none, by their bits.
    var unreadableCounts: UInt64 = 0
    /// The answer was not made, but kept from an earlier call: nobody is paid for it.
    package var isReplayed = false
    /// How fast, or how patiently, the provider answered, where a dialect has a word of its own for it.
    package var tier: String?
    /// Whose the item is.
    var tenant: [UInt8] = []
    /// Calls that have no price.
    var unpriced: [UnpricedCall: Int] = [:]
    var priced = 0
    var invalidUsage = 0
    /// What the last call was priced by: mostly the next one is of the same model.
    var lastPrice: LastPrice?
    var messages = MessageReader()
    var definitions = DefinitionReader()
    var documents = DocumentReader()
    /// Fields of the item that go: attributes, events.
    var drops: [Range<Int>] = []
    /// Fields that are added, of all items so far; those of this one begin at `addedStart`.
    var added = WireWriter()
    var addedStart = 0
    var options: UnderstandingOptions

    init(_ index: DialectIndex, _ options: UnderstandingOptions) {
        self.index = index
        self.options = options
    }

    /// The number of the field in which the item keeps its attributes.
    var attributesField = 9

    mutating func begin(_ list: AttributeList) {
        attributes.read(list, index.keys, payload)
        begin(field: list.field)
    }

    /// `field`: the number of the one in which the item keeps its attributes, which are read.
    mutating func begin(field: Int) {
        for place in 0..<touched.count { slots[Int(touched[place].rawValue)] = Slot() }
        touched.removeAll()
        // What most items have none of is looked at before it is changed: that is quicker.
        if !outvoted.isEmpty { outvoted.removeAll(keepingCapacity: true) }
        if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
        if !drops.isEmpty { drops.removeAll(keepingCapacity: true) }
        if !events.isEmpty { events.removeAll(keepingCapacity: true) }
        if !retryTimes.isEmpty { retryTimes.removeAll(keepingCapacity: true) }
        if generation != nil { generation = nil }
        if failureText != nil { failureText = nil }
        if retryState != nil { retryState = nil }
        if retries != nil { retries = nil }
        if tier != nil { tier = nil }
        addedStart = added.bytes.count
        (found, besides, primary, operation, operationRank) = (0, support, -1, nil, .max)
        (convention, framework) = (.byNumbers, .none)
        (noted, hasFailed, isNotedByWording) = (nil, false, false)
        (usage, isUsageInvalid, unreadableCounts, isReplayed) = (nil, false, 0, false)
        attributesField = field
        look()
    }

    /// Whom the keys give away, and what else is worth knowing about them before anybody asks.
    private mutating func look() {
        let count = attributes.entries.count
        uses.begin(count)
        if let sequence = attributes.sequence {
            if attributes.isNewSequence {
                lookAtKeys(count)
                sequences[sequence] = keys
            } else if sequence != lastSequence {
                keys = sequences[sequence]
            }
            lastSequence = sequence
            var rest = keys.valued
            while rest != 0 {
                lookAtValue(rest.trailingZeroBitCount)
                rest &= rest &- 1
            }
        } else {
            lookAtKeys(count)
            lastSequence = -1
            for number in 0..<count { lookAtValue(number) }
        }
        found |= keys.found
        besides |= keys.besides
    }

    private mutating func lookAtKeys(_ count: Int) {
        var seen = SeenKeys()
        for number in 0..<count {
            let entry = attributes.entries[number]
            let (key, id) = (entry.view.key, entry.id)
            seen.filter.insert(key, payload)
            if !seen.hasPlaces, !entry.isWhole { seen.hasPlaces = ByteScan.hasPlace(payload, key) }
            guard id >= 0 else { continue }
            if id < Self.fieldCount, seen.canonicalEntries[id] < 0 { seen.canonicalEntries[id] = Int32(number) }
            let signs = index.signs[id]
            seen.found |= signs.presence
            seen.besides |= signs.beside
            if signs.hasValues, number < 64 { seen.valued |= 1 << UInt64(number) }
        }
        keys = seen
    }

    private mutating func lookAtValue(_ number: Int) {
        let id = attributes.entries[number].id
        guard id >= 0, index.signs[id].hasValues, case .string(let range) = attributes.entries[number].view.value else { return }
        for sign in index.valueSigns[id] where payload.holds(sign.value, at: range) { found |= sign.dialects }
    }

    /// The number of fields, known without asking the list of them. There is room for so many in `canonicalEntries`.
    @inline(__always)
    static var fieldCount: Int { Int(Field.feedbackComment.rawValue) + 1 }

    /// Follows the rules of the dialects found, then lets their code do the rest.
    mutating func decode() {
        found |= besides
        primary = found.trailingZeroBitCount
        let readers = found | 1 << UInt64(index.dialects.count)
        convention = index.conventions[primary]
        if let sequence = attributes.sequence {
            if keys.readers != readers { planRules(sequence, readers) }
            for place in keys.rules {
                let rule = rules[place].rule
                take(Int(rules[place].entry), rule.field, rule.reading, rank: rule.rank)
            }
        } else {
            for number in attributes.entries.indices {
                if let rule = meaning(of: number, among: readers) { take(number, rule.field, rule.reading, rank: rule.rank) }
            }
        }
        var rest = found
        while rest != 0 {
            let dialect = rest.trailingZeroBitCount
            rest &= rest - 1
            current = UInt16(dialect + 1) << 8
            index.dialects[dialect].complete(&self)
        }
    }

    /// What an attribute means: the first dialect that knows the key says it.
    private func meaning(of number: Int, among readers: DialectIndex.Set) -> DialectIndex.CompiledRule? {
        guard attributes.entries[number].isWhole else { return nil }
        return index.rule(attributes.entries[number].id, among: readers)
    }

    /// Finds the rules for these keys and dialects, for all items that have the same.
    private mutating func planRules(_ sequence: Int, _ readers: DialectIndex.Set) {
        if rules.isEmpty {
            rules = [PlannedRule](repeating: PlannedRule(), count: KeyedAttributes.sequenceLimit * KeyedAttributes.sequenceLength)
        }
        let start = sequence * KeyedAttributes.sequenceLength
        var end = start
        for number in attributes.entries.indices {
            guard let rule = meaning(of: number, among: readers) else { continue }
            rules[end] = PlannedRule(entry: UInt8(number), rule: rule)
            end += 1
        }
        (keys.readers, keys.rules) = (readers, start..<end)
        sequences[sequence] = keys
    }

    /// The rank of what the dialect says whose code runs.
    var current: UInt16 = 0

    /// Reads an attribute as a field, unless one with more weight has said it.
    mutating func take(_ entry: Int, _ field: Field, _ reading: Reading, rank: UInt16) {
        if kind == .point, !reading.isPlain { return }
        if case .redundant = reading {
            uses[entry] = .dropped
            return
        }
        if case .operation = reading { noteOperation(entry, rank: rank) }
        let slot = slots[Int(field.rawValue)]
        wasFramework = false
        guard let fact = read(attributes.entries[entry].view.value, reading) else {
            noteUnreadable(field)
            return
        }
        if fact.isNone {
            // A value that means nothing has no place under a canonical key; nor has a framework's name, which is said elsewhere, under any.
            if attributes.entries[entry].id == Int(field.rawValue) || wasFramework {
                uses[entry] = .dropped
            }
            return
        }
        guard rank < slot.rank else {
            outvoted.append(Outvoted(entry: entry, field: field, fact: fact, rank: rank, reading: reading))
            return
        }
        outvote(field, slot)
        fill(field, Slot(fact: fact, rank: rank, source: Int32(entry), reading: reading))
        uses[entry] = .understood
    }

    /// What another one says with more weight from now on.
    @inline(__always)
    mutating func outvote(_ field: Field, _ slot: Slot) {
        guard slot.source >= 0 else { return }
        outvoted.append(
            Outvoted(entry: Int(slot.source), field: field, fact: slot.fact, rank: slot.rank, reading: slot.reading)
        )
    }

    @inline(__always)
    mutating func fill(_ field: Field, _ slot: Slot) {
        if slots[Int(field.rawValue)].rank == .max, slots[Int(field.rawValue)].fact.isNone { touched.append(field) }
        slots[Int(field.rawValue)] = slot
    }
}
