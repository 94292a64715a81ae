internal import CausewayModel
internal import CausewayOTLP

/// Lines that came together, on their way to being requests for the log.
package struct AgentEventBatch {
    private var decoder: AgentEventDecoder
    private let now: UInt64
    /// Of the sender, where its token or a header said it: ids are looked up among this tenant's.
    private let tenant: String
    private let source: Int
    private var lines: [(number: Int, line: AgentEventLine)] = []
    private var output = AgentEventOutput()
    private var hasEvents = false

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
        refuseCycles()
        var attached: [Int: [Int]] = [:]
        if hasEvents { attached = attachEvents() }
        let taken = Set(attached.values.joined())
        var (spans, parts, records) = (Groups(), Groups(), Groups())
        var lastTrace: (trace: TraceID, identity: AgentEventIdentity?)?
        for (place, (_, line)) in lines.enumerated() where !taken.contains(place) {
            if lastTrace?.trace != line.trace { lastTrace = (line.trace, line.hasTrace ? intake.identity(tenant, line.trace) : nil) }
            let identity = lastTrace?.identity
            var contents = line.contents
            if line.shape == .logRecord {
                for attribute in line.identity { contents += Self.retagged(attribute.bytes, 6) }
                Self.inherit(identity, line, to: &contents, field: 6)
            } else {
                for attribute in line.identity { contents += attribute.bytes }
                // Other parts of an open span need not say it again.
                if line.phase == nil || line.phase == .start { Self.inherit(identity, line, to: &contents, field: 9) }
            }
            for event in attached[place] ?? [] { append(lines[event].line, to: &contents) }
            if let events = attached[place] { summarizeRetries(events, line, to: &contents) }
            let resource = Self.resource(line, identity)
            switch (line.shape, line.phase) {
            case (.logRecord, _): records.append(contents, resource)
            case (_, nil): spans.append(contents, resource)
            default: parts.append(contents, resource)
            }
        }
        (output.spans, output.spanCount) = (spans.encoded(), spans.count)
        (output.parts, output.partCount) = (parts.encoded(), parts.count)
        (output.records, output.recordCount) = (records.encoded(), records.count)
        output.acceptedLines = lines.count { $0.number > 0 }
        defer {
            lines = []
            output = AgentEventOutput()
            hasEvents = false
        }
        return output
    }

    private static func retagged(_ attribute: [UInt8], _ field: UInt8) -> [UInt8] {
        var bytes = attribute
        bytes[0] = field << 3 | 2
        return bytes
    }

    /// What the line does not say itself.
    private static func inherit(_ identity: AgentEventIdentity?, _ line: AgentEventLine, to contents: inout [UInt8], field: UInt8) {
        guard let identity else { return }
        for attribute in identity.attributes where !line.identity.contains(where: { $0.key == attribute.key }) {
            contents += field == 9 ? attribute.bytes : retagged(attribute.bytes, field)
        }
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
        var places: [AgentSpanKey: Int] = [:]
        for (place, (_, line)) in lines.enumerated() where line.phase == nil && line.shape == .span {
            if let span = line.span { places[AgentSpanKey(tenant: "", trace: line.trace, span: span)] = place }
        }
        var attached: [Int: [Int]] = [:]
        for (place, (_, line)) in lines.enumerated() where line.phase == .event {
            guard let span = line.span, let owner = places[AgentSpanKey(tenant: "", trace: line.trace, span: span)] else { continue }
            attached[owner, default: []].append(place)
        }
        return attached
    }

    private func append(_ event: AgentEventLine, to contents: inout [UInt8]) {
        var writer = WireWriter()
        writer.field(11, event.event)
        contents += writer.bytes
    }

    private func summarizeRetries(_ events: [Int], _ line: AgentEventLine, to contents: inout [UInt8]) {
        let retries = events.filter { lines[$0].line.type == .retry }
        guard !retries.isEmpty, !line.hasRetryCount else { return }
        contents += AgentEventOutput.retries(retries.count, isExhausted: retries.contains { lines[$0].line.isLastTry })
    }

    /// Spans that are their own ancestors have no place in a tree: the last line that closes the ring is refused.
    private mutating func refuseCycles() {
        var places: [AgentSpanKey: Int] = [:]
        var hasParents = false
        for (place, (_, line)) in lines.enumerated() where line.shape == .span && (line.phase == nil || line.phase == .start) {
            guard let span = line.span, line.parent != nil else { continue }
            hasParents = true
            places[AgentSpanKey(tenant: "", trace: line.trace, span: span)] = place
        }
        guard hasParents else { return }
        // 0: not looked at, otherwise the walk that passed.
        var passed = [Int](repeating: 0, count: lines.count)
        var refused: Set<Int> = []
        for start in lines.indices where passed[start] == 0 {
            var place: Int? = start
            while let here = place, passed[here] == 0 {
                passed[here] = start + 1
                let line = lines[here].line
                place = line.parent.flatMap { places[AgentSpanKey(tenant: "", trace: line.trace, span: $0)] }
                if line.shape != .span || line.phase == .update || line.phase == .end { place = nil }
            }
            guard let ring = place, passed[ring] == start + 1 else { continue }
            var members: [Int] = []
            var here = ring
            repeat {
                members.append(here)
                let line = lines[here].line
                guard let parent = line.parent, let next = places[AgentSpanKey(tenant: "", trace: line.trace, span: parent)] else { break }
                here = next
            } while here != ring
            if let last = members.max() { refused.insert(last) }
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
    private(set) var count = 0

    mutating func append(_ contents: [UInt8], _ resource: [UInt8]) {
        count += 1
        if last < 0 || groups[last].resource != resource {
            if let known = places[resource] {
                last = known
            } else {
                last = groups.count
                places[resource] = last
                groups.append((resource, WireWriter()))
            }
        }
        groups[last].items.field(2, contents)
    }

    /// A request with all of them; empty when there is none.
    func encoded(scope: [UInt8] = Self.scope) -> [UInt8] {
        var request = WireWriter()
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
