internal import CausewayPlatform

/// The segment that is being written: what is durable, and what is staged behind it.
final class OpenSegment {
    let file: any DiskFile
    let path: String
    let head: SegmentHead
    private let form: StoredForm
    let openedBootNanoseconds: UInt64
    /// Bytes of the file that are on stable storage.
    var durableEnd = 0
    /// When the footer is there, with its sequence.
    private var sealed: (sequence: UInt64, stamp: FileStamp?)?
    /// The sequence behind the last durable frame.
    private(set) var nextSequence: UInt64

    private var names = SegmentNames()
    private var footer: SegmentFooter
    /// As they were when the last commit became durable.
    private var durableNames = SegmentNames()
    private var durableFooter: SegmentFooter
    private var stagedParts: [[UInt8]] = []
    private(set) var stagedBytes = 0
    private var stagedNextSequence: UInt64
    private var unpublished = Added()
    /// What came from other logs; apart from the footers, which are copied with every commit.
    private var durableOrigins = OriginItems()
    private var stagedOrigins: [OriginRange] = []

    /// What commits have added since they were last told to the catalog.
    struct Added {
        var books = Totals()
        var marks: [String: Mark] = [:]
        var origins: [OriginRange] = []
    }

    /// Small payloads are copied together so that a commit is few writes; a larger one is written from where it lies.
    private static let gatherLimit = 64 << 10

    /// Whether a commit is on stable storage before it counts.
    private let isDurable: Bool
    /// Whether everything that counts is on stable storage.
    private(set) var isSynced = true

    init(file: any DiskFile, path: String, head: SegmentHead, keys: SpoolKeys, isDurable: Bool) {
        self.isDurable = isDurable
        self.file = file
        self.path = path
        self.head = head
        form = StoredForm(keys: keys, keyID: head.keyID)
        openedBootNanoseconds = head.bootNanoseconds
        footer = SegmentFooter(firstSequence: head.firstSequence)
        durableFooter = footer
        nextSequence = head.firstSequence + 1
        stagedNextSequence = head.firstSequence + 1
        var header = FrameHeader(kind: .head, sequence: head.firstSequence, payloadLength: 0)
        header.origin = FrameOrigin(log: head.logID, sequence: 0, firstItem: 0)
        stageFrame(header, payload: head.payload, received: head.wallNanoseconds)
    }

    var stagedEnd: Int { durableEnd + stagedBytes }
    var hasStaged: Bool { stagedBytes > 0 }
    /// Whether there is more than the head.
    var holdsFrames: Bool { stagedNextSequence > head.firstSequence + 1 }

    /// Encodes a group behind what is staged, with a names frame before it where it needs one.
    func stage(_ group: [FrameDraft], nextSequence: inout UInt64, identity: LogIdentity, wallNanoseconds: UInt64) {
        let tenantCount = names.tenants.count
        let policyCount = names.policies.count
        var numbers: [(tenant: UInt32, policy: UInt16)] = []
        for draft in group {
            let tenant = names.number(ofTenant: draft.tenant) ?? names.addTenant(draft.tenant)
            let policy = names.number(ofPolicy: draft.policy) ?? names.addPolicy(draft.policy)
            numbers.append((tenant, policy))
        }
        if names.tenants.count > tenantCount || names.policies.count > policyCount {
            let payload = names.fields(afterTenants: tenantCount, policies: policyCount).bytes
            var header = FrameHeader(kind: .names, sequence: nextSequence, payloadLength: 0)
            header.flags = .more
            stageFrame(header, payload: payload, received: wallNanoseconds)
            nextSequence += 1
        }
        for (index, draft) in group.enumerated() {
            var header = FrameHeader(kind: draft.kind, sequence: nextSequence, payloadLength: 0)
            header.signal = draft.signal
            header.flags = index + 1 < group.count ? draft.flags.union(.more) : draft.flags.subtracting(.more)
            header.tenant = numbers[index].tenant
            header.policy = numbers[index].policy
            header.items = UInt32(draft.items)
            header.origin = draft.origin
            stageFrame(header, payload: draft.payload, received: draft.receivedNanoseconds, tenant: draft.tenant)
            nextSequence += 1
        }
        stagedNextSequence = nextSequence
    }

    private func stageFrame(_ draft: FrameHeader, payload: [UInt8], received: UInt64, tenant: String = "") {
        var header = draft
        if stagedBytes == 0 && isSynced { header.flags.insert(.afterSync) }
        header.receivedNanoseconds = received
        let stored = form.stored(payload, &header)
        let padding = FrameHeader.padded(stored.count) - stored.count
        var gathered = header.encoded(logID: head.logID, payload: stored)
        stagedBytes += header.frameLength
        var counted = header
        counted.origin = nil
        footer.count(counted, tenant: tenant, payload: payload)
        if let origin = header.originRange(tenant: tenant) { stagedOrigins.append(origin) }
        if stored.count <= Self.gatherLimit {
            gathered += stored
            gathered += [UInt8](repeating: 0, count: padding)
            gather(gathered)
        } else {
            gather(gathered)
            stagedParts.append(stored)
            stagedParts.append([UInt8](repeating: 0, count: padding))
        }
    }

    private func gather(_ bytes: [UInt8]) {
        if let last = stagedParts.indices.last, stagedParts[last].count + bytes.count <= 4 * Self.gatherLimit,
            stagedParts[last].count <= Self.gatherLimit
        {
            stagedParts[last] += bytes
        } else {
            stagedParts.append(bytes)
        }
    }

    /// Makes everything that counts durable.
    func sync() throws(DiskError) {
        try file.sync()
        isSynced = true
    }

    /// Writes what is staged and makes it durable; where commits are not, it counts as soon as the system has it.
    func writeStaged() throws(DiskError) {
        try file.writeAll(stagedParts, at: durableEnd)
        if isDurable { try file.sync() } else { isSynced = false }
        durableEnd += stagedBytes
        nextSequence = stagedNextSequence
        for (key, count) in footer.books.counts {
            unpublished.books.add(count - (durableFooter.books.counts[key] ?? 0), to: key)
        }
        unpublished.marks = footer.marks
        unpublished.origins += stagedOrigins
        for range in stagedOrigins { durableOrigins.insert(range) }
        durableNames = names
        durableFooter = footer
        forgetStaged()
    }

    /// Forgets what is staged, as if it had never come.
    func rollBack() {
        names = durableNames
        footer = durableFooter
        forgetStaged()
    }

    private func forgetStaged() {
        stagedParts = []
        stagedOrigins = []
        stagedBytes = 0
        stagedNextSequence = nextSequence
    }

    func takeUnpublished() -> Added {
        defer { unpublished = Added() }
        return unpublished
    }

    func encodedFooter(sequence: UInt64, receivedNanoseconds: UInt64, logID: UInt64) -> [UInt8] {
        var complete = durableFooter
        complete.names = durableNames
        complete.origins = durableOrigins
        let payload = complete.payload(frameOffset: durableEnd)
        var header = FrameHeader(kind: .footer, sequence: sequence, payloadLength: payload.count)
        if isSynced { header.flags = .afterSync }
        header.receivedNanoseconds = receivedNanoseconds
        return header.encoded(logID: logID, payload: payload) + payload
    }

    /// Its footer, of so many bytes, is on stable storage.
    func isSealed(_ bytes: Int, sequence: UInt64, stamp: FileStamp?) {
        durableEnd += bytes
        sealed = (sequence, stamp)
    }

    func info(isClosed: Bool) -> SegmentInfo {
        SegmentInfo(
            path: path,
            firstSequence: head.firstSequence,
            // The footer's own sequence is spent as well.
            lastSequence: sealed?.sequence ?? durableFooter.lastSequence,
            lastItemSequence: durableFooter.lastItemSequence,
            readableBytes: durableEnd,
            fileBytes: isClosed ? max(durableEnd, (try? file.length()) ?? 0) : durableEnd,
            payloadBytes: Int(durableFooter.payloadBytes),
            books: durableFooter.books,
            firstReceivedNanoseconds: durableFooter.firstReceivedNanoseconds,
            lastReceivedNanoseconds: durableFooter.lastReceivedNanoseconds,
            keyID: head.keyID,
            isClosed: isClosed,
            isSealed: sealed != nil,
            stamp: sealed?.stamp,
            holdsOrigins: !durableOrigins.isEmpty
        )
    }
}
