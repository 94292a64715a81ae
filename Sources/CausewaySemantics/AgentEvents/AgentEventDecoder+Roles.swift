internal import CausewayModel
internal import CausewayOTLP

// Members that become more than an attribute.

extension AgentEventDecoder {
    mutating func take(
        _ role: AgentEventField.Role,
        _ entry: AgentEventTable.Entry,
        _ node: Int
    ) throws(AgentEventMistake) {
        switch role {
        case .type: break
        case .traceID: line.trace = traceID(node)
        case .id: line.span = spanID(node, isOwn: true)
        case .parentID: line.parent = spanID(node)
        case .links: for link in outline.elements(node) { try takeLink(entry, link) }
        case .linkTo, .linkKind, .linkTraceID: break
        case .name: line.name = nameBytes(node)
        case .start, .time: line.start = try time(entry, node)
        case .end: line.end = try time(entry, node)
        case .duration: line.duration = outline.double(node)
        case .phase: line.phase = AgentEventPhase(rawValue: string(node))
        case .status: line.status = node
        case .attributes: line.free = node
        case .resource: takeResource(node)
        case .tenant:
            let name = string(node)
            line.result.tenant = name
            line.result.identity.append(keyed(Keys.tenant, node, number: 9))
            describe(keyed(Keys.resourceTenant, node, number: 1), replacing: true)
        case .service:
            describe(keyed(Keys.service, node, number: 1), replacing: true)
        case .agentName:
            if type == .request { line.subject = node }
            writeNew(Keys.agentName, node)
            if type == .request { describe(keyed(Keys.service, node, number: 1), replacing: false) }
        case .input: writeMessages(node, Keys.inputMessages, role: "user")
        case .output:
            if type == .request && outline.kind(node) == .string || isMessages(node) {
                writeMessages(node, Keys.outputMessages, role: "assistant")
            } else {
                writeNew(Keys.outputPayload, node)
            }
        case .inputMessages:
            line.called = node
            writeMessages(node, Keys.inputMessages, role: "user")
        case .outputMessages: writeMessages(node, Keys.outputMessages, role: "assistant")
        case .system:
            guard outline.kind(node) == .string else { return writeNew(Keys.system, node) }
            guard isNew(Keys.system) else { return }
            text.removeAll(keepingCapacity: true)
            text += Array("[{\"type\":\"text\",\"content\":".utf8)
            text += outline.bytes[outline.source(node)]
            text += Array("}]".utf8)
            attributes.attribute(number, Keys.system, text: text)
        case .tools: writeNew(Keys.tools, node)
        case .operation: line.operation = node
        case .stepType:
            writeNew(Keys.stepType, node)
            line.hasStepType = true
            line.subject = node
        case .state:
            if type == .state {
                takeMap(node, prefix: Keys.state, number)
            } else {
                swap(&attributes, &state)
                takeMap(node, prefix: Keys.state, 3)
                swap(&attributes, &state)
            }
        case .parameters: try takeParameters(entry, node)
        case .otherParameter: break
        case .endpoint: takeEndpoint(node)
        case .auth: takeAuth(node)
        case .cost, .usage: try takeMembers(entry, node)
        case .failureCategory: (line.category, line.hasFailure) = (node, true)
        case .failureCode: (line.code, line.hasFailure) = (node, true)
        case .failureMessage: (line.message, line.hasFailure) = (node, true)
        case .failureType: (line.errorType, line.hasFailure) = (node, true)
        case .body: line.body = node
        case .severity: line.severity = node
        case .eventName: line.eventName = node
        }
    }

    mutating func nameBytes(_ node: Int) -> Range<Int> {
        let start = scratch.count
        if outline.kind(node) == .string {
            outline.text(node, to: &scratch)
        } else {
            outline.copy(node, to: &scratch)
        }
        return start..<scratch.count
    }

    mutating func traceID(_ node: Int) -> TraceID {
        let (source, range) = bytes(node)
        let id = traces.find(source, range)
        if id.isHash, shape != .spanEvent, isNew(Keys.sourceTrace) {
            attributes.attribute(number, Keys.sourceTrace, text: range, of: source)
        }
        return id.trace
    }

    mutating func spanID(_ node: Int, isOwn: Bool = false) -> SpanID {
        let (source, range) = bytes(node)
        let id = spans.find(source, range)
        if id.isHash, isOwn, shape != .spanEvent, isNew(Keys.sourceID) {
            attributes.attribute(number, Keys.sourceID, text: range, of: source)
        }
        return id.span
    }

    mutating func time(_ entry: AgentEventTable.Entry, _ node: Int) throws(AgentEventMistake) -> UInt64 {
        let (source, range) = bytes(node)
        let found: UInt64?
        if outline.kind(node) == .number {
            found = JSONNumber.integer(source, range).uint64
            if let found, found < 1_000_000_000_000_000 {
                throw AgentEventMistake(
                    .time,
                    "\(entry.name) is \(shown(node)); a number is nanoseconds since 1970, which has 19 digits now"
                )
            }
        } else {
            found = Moment.nanoseconds(source, range)
        }
        guard let found else {
            throw AgentEventMistake(.time, "\(entry.name) is \(shown(node)); write RFC 3339 text, or nanoseconds since 1970")
        }
        if found > now &+ Self.patience {
            throw AgentEventMistake(.time, "\(entry.name) is \(shown(node)), which is more than an hour ahead of this clock")
        }
        return found
    }

    mutating func takeLink(_ entry: AgentEventTable.Entry, _ link: Int) throws(AgentEventMistake) {
        guard let members = entry.members else { return }
        var (to, kind, trace): (Int?, Int?, Int?) = (nil, nil, nil)
        var next = outline.firstChild(link)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: link)
            let place = outline.isPlain(key) ? members.find(outline.inside(key), outline.bytes) : -1
            guard place >= 0, outline.kind(value) != .null else { continue }
            try check(members.entries[place], value)
            guard case .role(let role) = members.entries[place].act else { continue }
            switch role {
            case .linkTo: to = value
            case .linkKind: kind = value
            default: trace = value
            }
        }
        guard let to else { throw AgentEventMistake(.member, "links: a link says which span it leads to; give it `to`") }
        var writer = WireWriter()
        // The line's own trace is known when the whole line was read.
        if let trace {
            let (source, range) = bytes(trace)
            writer.id(1, traces.find(source, range).trace)
        }
        writer.id(2, spanID(to))
        if let kind {
            let (source, range) = bytes(kind)
            writer.attribute(4, Keys.linkKind, text: range, of: source)
        }
        line.links.append(Link(contents: writer.bytes, isElsewhere: trace != nil))
    }
}
