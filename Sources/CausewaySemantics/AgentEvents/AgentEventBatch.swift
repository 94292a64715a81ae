internal import CausewayModel
internal import CausewayOTLP

/// Lines that came together, on their way to being requests for the log.
package struct AgentEventBatch: ~Copyable {
    private var decoder: AgentEventDecoder
    private let now: UInt64
    /// Of the sender, where its token or a header said it: ids are looked up among this tenant's.
    private let tenant: String
    private let source: Int
    private var lines: [(number: Int, line: AgentEventLine)] = []
    private var output = AgentEventOutput()
    private var hasEvents = false
    /// Some line names another span of its trace as what it is part of.
    private var hasParents = false

    package init(tenant: String, source: Int = 0, now: UInt64, options: UnderstandingOptions) {
        decoder = AgentEventDecoder(hashing: options.callKey)
        self.now = now
        self.tenant = tenant
        self.source = source
    }

    /// Takes one line, without its end; `number` counts from 1.
    package mutating func add(_ text: [UInt8], number: Int, _ intake: inout AgentEventIntake) {
        do throws(AgentEventMistake) {
            guard text.count <= intake.limits.line else { throw Self.tooLong(intake.limits.line) }
            var line = try decoder.decode(text, now: now)
            if let phase = line.phase, let span = line.span {
                let key = AgentSpanKey(tenant: tenant, trace: line.trace, span: span)
                let resource = phase == .start ? Self.resource(line, intake.identity(tenant, line.trace)) : []
                let bytes = line.contents.count + AgentEventOutput.openOverhead
                if let change = try intake.admit(phase, key, bytes: bytes, source: source, resource: resource) {
                    output.changes.append(change)
                    // Whose the span is, its start has said.
                    line.ownerBytes = change.before?.resource ?? []
                }
            }
            if line.type == .request, line.parent == nil || intake.identity(tenant, line.trace) == nil {
                let identity = AgentEventIdentity(attributes: line.identity, resource: line.resource)
                if !(identity.attributes.isEmpty && identity.resource.isEmpty) { intake.remember(tenant, line.trace, identity) }
            }
            if line.phase == .event { hasEvents = true }
            if line.parent != nil { hasParents = true }
            if line.isRepaired { output.repairedLines += 1 }
            if !line.unknown.isEmpty { output.warn(number, line.unknown, type: line.type) }
            lines.append((number, line))
        } catch {
            output.refuse(number, error)
        }
    }

    package mutating func refuse(_ number: Int, _ mistake: AgentEventMistake) { output.refuse(number, mistake) }

    package static func tooLong(_ limit: Int) -> AgentEventMistake {
        AgentEventMistake(.tooLong, "longer than \(limit) bytes (receivers.events.max_line)")
    }

    /// Whoever was writing has gone, and these spans are open.
    package mutating func hangUp(_ keys: [(key: AgentSpanKey, resource: [UInt8])]) {
        for (key, resource) in keys {
            var line = AgentEventLine(type: .log, trace: key.trace, contents: [])
            (line.shape, line.span, line.phase) = (.span, key.span, .hangup)
            var writer = WireWriter()
            writer.field(1, key.trace.bytes)
            writer.field(2, key.span.bytes)
            writer.attribute(9, AgentEventDecoder.Keys.phase, text: Array(AgentEventPhase.hangup.rawValue.utf8))
            line.contents = writer.bytes
            line.ownerBytes = resource
            lines.append((0, line))
        }
    }

    /// Lines and bytes that wait to be finished.
    package var count: Int { lines.count }

    package mutating func finish(_ intake: inout AgentEventIntake) -> AgentEventOutput {
        if hasParents { refuseCycles() }
        var attached: [Int: [Int]] = [:]
        if hasEvents { attached = attachEvents() }
        let taken = Set(attached.values.joined())
        var (spans, parts, records) = (Groups(), Groups(), Groups())
        // Most are whole spans: these are written into one piece of memory, and not into ever larger ones.
        var room = 0
        for place in lines.indices where lines[place].line.phase == nil { room += lines[place].line.contents.count + 128 }
        spans.reserve(room)
        var trace: TraceID?
        var identity: AgentEventIdentity?
        for place in lines.indices where taken.isEmpty || !taken.contains(place) {
            if lines[place].line.trace != trace {
                trace = lines[place].line.trace
                identity = lines[place].line.hasTrace ? intake.identity(tenant, lines[place].line.trace) : nil
            }
            // Taken out, so that what is added to it needs no copy.
            var contents: [UInt8] = []
            swap(&contents, &lines[place].line.contents)
            add(identity, of: place, to: &contents)
            if let events = attached[place] {
                for event in events { append(lines[event].line.event, to: &contents) }
                summarizeRetries(events, lines[place].line, to: &contents)
            }
            let resource: [UInt8]
            if lines[place].line.ownerBytes.isEmpty, lines[place].line.resource.isEmpty {
                resource = identity?.resourceBytes ?? AgentEventIdentity.nobody
            } else {
                resource = Self.resource(lines[place].line, identity)
            }
            switch (lines[place].line.shape, lines[place].line.phase) {
            case (.logRecord, _): records.append(contents, resource)
            case (_, nil): spans.append(contents, resource)
            default: parts.append(contents, resource)
            }
        }
        (output.spans, output.spanCount) = (spans.encoded(), spans.count)
        (output.parts, output.partCount) = (parts.encoded(), parts.count)
        (output.records, output.recordCount) = (records.encoded(), records.count)
        for place in lines.indices where lines[place].number > 0 { output.acceptedLines += 1 }
        defer {
            lines = []
            output = AgentEventOutput()
            (hasEvents, hasParents) = (false, false)
        }
        return output
    }

    /// Who and what for: as the line says, else as its trace's request does.
    private func add(_ identity: AgentEventIdentity?, of place: Int, to contents: inout [UInt8]) {
        let isRecord = lines[place].line.shape == .logRecord
        // Other parts of an open span need not say it again.
        let inherits = isRecord || lines[place].line.phase == nil || lines[place].line.phase == .start
        if lines[place].line.identity.isEmpty, identity == nil || !inherits { return }
        for attribute in lines[place].line.identity { contents += isRecord ? Self.retagged(attribute.bytes, 6) : attribute.bytes }
        guard inherits, let identity else { return }
        // What the line does not say itself.
        for attribute in identity.attributes
        where !lines[place].line.identity.contains(where: { $0.key == attribute.key })
            && !lines[place].line.ownKeys.contains(attribute.key)
        {
            contents += isRecord ? Self.retagged(attribute.bytes, 6) : attribute.bytes
        }
    }

    private static func retagged(_ attribute: [UInt8], _ field: UInt8) -> [UInt8] {
        var bytes = attribute
        bytes[0] = field << 3 | 2
        return bytes
    }

    private static func resource(_ line: AgentEventLine, _ identity: AgentEventIdentity?) -> [UInt8] {
        if !line.ownerBytes.isEmpty { return line.ownerBytes }
        if line.resource.isEmpty { return identity?.resourceBytes ?? AgentEventIdentity.nobody }
        guard let identity else { return AgentEventIdentity.bytes(line.resource) }
        let inherited = identity.resource.filter { attribute in !line.resource.contains { $0.key == attribute.key } }
        return AgentEventIdentity.bytes(inherited + line.resource)
    }

    /// Events on whole spans of this batch: the place of the span, and the places of its events.
    private func attachEvents() -> [Int: [Int]] {
        var places: [SpanKey: Int] = [:]
        for place in lines.indices where lines[place].line.phase == nil && lines[place].line.shape == .span {
            if let span = lines[place].line.span { places[SpanKey(trace: lines[place].line.trace, span: span)] = place }
        }
        var attached: [Int: [Int]] = [:]
        for place in lines.indices where lines[place].line.phase == .event {
            guard let span = lines[place].line.span, let owner = places[SpanKey(trace: lines[place].line.trace, span: span)] else {
                continue
            }
            attached[owner, default: []].append(place)
        }
        return attached
    }

    /// All lines are of one tenant.
    private struct SpanKey: Hashable {
        var trace: TraceID
        var span: SpanID

        func hash(into hasher: inout Hasher) { hasher.combine(trace.low ^ span.value) }
    }

    private func append(_ event: [UInt8], to contents: inout [UInt8]) {
        var writer = WireWriter()
        writer.field(11, event)
        contents += writer.bytes
    }

    private func summarizeRetries(_ events: [Int], _ line: AgentEventLine, to contents: inout [UInt8]) {
        let retries = events.filter { lines[$0].line.type == .retry }
        guard !retries.isEmpty, !line.hasRetryCount else { return }
        contents += AgentEventOutput.retries(retries.count, isExhausted: retries.contains { lines[$0].line.isLastTry })
    }

    /// Whether the line can be part of a ring.
    private func isNode(_ place: Int) -> Bool {
        let isSpan = lines[place].line.shape == .span && lines[place].line.parent != nil
        return isSpan && (lines[place].line.phase == nil || lines[place].line.phase == .start)
    }

    /// Spans that are their own ancestors have no place in a tree: the last line that closes the ring is refused.
    private mutating func refuseCycles() {
        var places: [SpanKey: Int] = [:]
        for place in lines.indices where isNode(place) {
            guard let span = lines[place].line.span else { continue }
            places[SpanKey(trace: lines[place].line.trace, span: span)] = place
        }
        // Of each line the one with its parent, as far as that is here and has a parent itself.
        let parents = lines.indices.map { place -> Int in
            guard isNode(place), let parent = lines[place].line.parent else { return -1 }
            return places[SpanKey(trace: lines[place].line.trace, span: parent)] ?? -1
        }
        // 0: not looked at, otherwise the walk that passed.
        var passed = [Int](repeating: 0, count: lines.count)
        var refused: Set<Int> = []
        for start in lines.indices where passed[start] == 0 && parents[start] >= 0 {
            var place = start
            while place >= 0, passed[place] == 0 {
                passed[place] = start + 1
                place = parents[place]
            }
            guard place >= 0, passed[place] == start + 1 else { continue }
            let ring = place
            var last = ring
            while parents[place] != ring, parents[place] >= 0 {
                place = parents[place]
                last = max(last, place)
            }
            refused.insert(last)
        }
        guard !refused.isEmpty else { return }
        for place in refused.sorted() {
            output.refuse(lines[place].number, AgentEventMistake(.cycle, "its parents lead back to itself"))
        }
        lines = lines.enumerated().filter { !refused.contains($0.offset) }.map(\.element)
    }
}

/// Items by the resource that they are of, ready to be written.
struct Groups {
    private var places: [[UInt8]: Int] = [:]
    private var groups: [(resource: [UInt8], items: WireWriter)] = []
    private var last = -1
    private var room = 0
    private(set) var count = 0

    /// About so many bytes will come.
    mutating func reserve(_ count: Int) { room = count }

    mutating func append(_ contents: [UInt8], _ resource: [UInt8]) {
        count += 1
        if last < 0 || groups[last].resource != resource {
            if let known = places[resource] {
                last = known
            } else {
                last = groups.count
                places[resource] = last
                groups.append((resource, WireWriter()))
                groups[last].items.reserve(room)
                room = 0
            }
        }
        groups[last].items.field(2, contents)
    }

    /// A request with all of them; empty when there is none.
    func encoded(scope: [UInt8] = Self.scope) -> [UInt8] {
        var request = WireWriter()
        request.reserve(groups.reduce(0) { $0 + $1.items.bytes.count + $1.resource.count + scope.count + 40 })
        for group in groups {
            let scopeLength = WireWriter.length(field: 1, scope.count)
            let inner = scopeLength + group.items.bytes.count
            let length = WireWriter.length(field: 1, group.resource.count) + WireWriter.length(field: 2, inner)
            request.header(field: 1, length)
            request.field(1, group.resource)
            request.header(field: 2, inner)
            request.field(1, scope)
            request.append(group.items.bytes)
        }
        return request.bytes
    }

    static let scope: [UInt8] = {
        var writer = WireWriter()
        writer.field(1, Array(AgentEvents.scope.utf8))
        return writer.bytes
    }()
}
