// What is wrong with what was found, in words for people.
extension SpoolInspection {
    /// Everything that is not as it should be, in the order of the log; of a reading of everything.
    package var findings: [SpoolFinding] {
        var findings: [SpoolFinding] = []
        for (index, segment) in segments.enumerated() {
            findings += self.findings(segment, isNewest: index + 1 == segments.count)
        }
        for step in steps { findings += step.findings }
        for cursor in cursors { findings += self.findings(cursor) }
        for name in strayFiles {
            findings.append(SpoolFinding(severity: .note, place: "log/\(name)", problem: Self.stray(name)))
        }
        return findings
    }

    private static func stray(_ name: String) -> String {
        name.hasSuffix(".seg" + SegmentRewriting.suffix)
            ? "the copy of a segment that is being written anew; without a bridge, the next start removes it"
            : "no segment; nobody reads it"
    }

    private func findings(_ segment: SegmentInspection, isNewest: Bool) -> [SpoolFinding] {
        var findings: [SpoolFinding] = []
        func add(_ severity: SpoolFinding.Severity, _ problem: String) {
            findings.append(SpoolFinding(severity: severity, place: "log/\(segment.name)", problem: problem))
        }
        if !segment.isOwn, let head = segment.head {
            add(
                .error,
                head.logID == identity?.logID
                    ? "its head says that it begins at \(head.firstSequence): its name is wrong; move it away, or back"
                    : "belongs to another log; move it away"
            )
            return findings
        }
        if segment.isVoid {
            add(isNewest ? .note : .error, "not one whole frame is in it" + (isNewest ? ": a start never got to its first commit" : ""))
            return findings
        }
        if segment.head == nil {
            add(.error, "its head does not hold; repair writes it again")
        }
        if segment.isDamaged {
            let bytes = segment.damaged.reduce(0) { $0 + $1.count }
            let frames = segment.missing.reduce(0) { $0 + $1.count }
            let lost = segment.lost.sum()
            var problem = "\(Self.counted(segment.damaged.count, "damaged stretch", "damaged stretches")), \(bytes) bytes, "
            problem += "\(Self.counted(frames, "frame", "frames")) missing"
            if lost != 0 { problem += ", \(Self.counted(lost, "item", "items")) lost" }
            add(.error, problem + "; repair copies it aside and keeps the rest")
        } else if !segment.missing.isEmpty {
            let isSaid = segment.missing.allSatisfy(isOnLedger)
            add(
                isSaid ? .note : .error,
                "sequences \(Self.ranges(segment.missing)) are missing between intact frames"
                    + (isSaid ? "; the ledger says so" : "; repair puts that on the ledger")
            )
        }
        if !segment.isDamaged, segment.isFooterWrong {
            add(.error, "its footer does not say what its frames are; repair writes it again")
        }
        if segment.unexplainedFrames > 0 && !segment.isDamaged {
            add(.error, "\(Self.counted(segment.unexplainedFrames, "frame", "frames")) of a kind, tenant or policy that is not explained")
        }
        if segment.unreadableLedgerFrames > 0 {
            add(.error, "\(Self.counted(segment.unreadableLedgerFrames, "ledger entry", "ledger entries")) cannot be read")
        }
        if !segment.unopenable.isEmpty {
            let items = segment.unopenable.reduce(0) { $0 + Int($1.header.items) }
            add(
                .error,
                "\(Self.counted(segment.unopenable.count, "frame", "frames")) with \(Self.counted(items, "item", "items")) cannot be "
                    + "decrypted or decompressed, though the checksum holds; repair copies what is there aside and puts that on the ledger"
            )
        }
        for (id, count) in segment.locked.sorted(by: { $0.key < $1.key }) {
            let key = id == 0 ? "a key that nothing names" : "key \(SpoolKey.name(id))"
            add(.note, "\(Self.counted(count, "frame", "frames")) encrypted with \(key) were checked and not read; give it with --key-file")
        }
        if segment.tornBytes > 0 { add(.note, "\(segment.tornBytes) bytes at its end are no whole commit group; never acknowledged") }
        if segment.state == .unsealed { add(.note, "closed without a footer, because a write had failed; a start reads all of it") }
        return findings
    }

    /// Whether the ledger says that these frames could not be read back.
    func isOnLedger(_ sequences: ClosedRange<UInt64>) -> Bool {
        ledger.contains {
            $0.entry.isDamage && $0.entry.firstSequence <= sequences.lowerBound && $0.entry.lastSequence >= sequences.upperBound
        }
    }

    private func findings(_ found: CursorInspection) -> [SpoolFinding] {
        func finding(_ severity: SpoolFinding.Severity, _ problem: String) -> SpoolFinding {
            SpoolFinding(severity: severity, place: "cursors/\(found.name)", problem: problem)
        }
        if let reason = found.unreadable { return [finding(.error, reason)] }
        guard let cursor = found.cursor else {
            return found.damagedSlots == 0
                ? [finding(.note, "holds nothing yet")]
                : [finding(.error, "neither slot holds; the destination begins with the oldest that there is")]
        }
        var findings: [SpoolFinding] = []
        if found.damagedSlots > 0 { findings.append(finding(.note, "one of its two slots does not hold; the other one counts")) }
        if let identity, cursor.logID != identity.logID {
            findings.append(finding(.note, "speaks of another log; the destination begins anew, as a new one does"))
        } else if cursor.passed.prefix > lastSequence {
            findings.append(finding(.note, "is at \(cursor.passed.prefix), the log ends at \(lastSequence): newest segments are missing"))
        }
        return findings
    }

    static func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

    private static func ranges(_ ranges: [ClosedRange<UInt64>]) -> String {
        let shown = ranges.prefix(4).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
        return shown.joined(separator: ", ") + (ranges.count > shown.count ? ", …" : "")
    }
}
