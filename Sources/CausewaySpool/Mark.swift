/// How far a deriver has got: a frame in the log, in one commit group with what was derived, and so there exactly when that is.
///
/// A mark is the first frame of its group; derived frames behind it were `created` by its deriver.
package struct Mark: Equatable, Sendable {
    package var deriver: String
    /// Counts the deriver's marks from 1. Notes carry the number of the mark that covers them, and count for nothing without it.
    package var number: UInt64
    /// Every frame up to and including this one is covered.
    package var sequence: UInt64
    /// The deriver's own; at most `maxPayload` bytes.
    package var payload: [UInt8]

    package init(deriver: String, number: UInt64, sequence: UInt64, payload: [UInt8] = []) {
        self.deriver = deriver
        self.number = number
        self.sequence = sequence
        self.payload = payload
    }

    /// Heads and footers repeat the newest mark of each deriver, so it has to be small.
    package static let maxPayload = 4096

    private enum Number {
        static let deriver: UInt16 = 1
        static let number: UInt16 = 2
        static let sequence: UInt16 = 3
        static let payload: UInt16 = 4
    }

    var fields: Fields {
        var fields = Fields()
        fields.add(Number.deriver, deriver)
        fields.add(Number.number, number)
        fields.add(Number.sequence, sequence)
        if !payload.isEmpty { fields.add(Number.payload, payload) }
        return fields
    }

    init?(payload bytes: [UInt8]) {
        let fields = Fields(bytes)
        guard let deriver = fields.first(Number.deriver)?.text, SpoolPaths.isReaderName(deriver),
            let number = fields.first(Number.number)?.number, let sequence = fields.first(Number.sequence)?.number
        else { return nil }
        self.init(deriver: deriver, number: number, sequence: sequence, payload: fields.first(Number.payload)?.bytes ?? [])
    }

    func draft(receivedNanoseconds: UInt64) -> FrameDraft {
        FrameDraft(kind: .mark, receivedNanoseconds: receivedNanoseconds, payload: fields.bytes)
    }
}

extension [String: Mark] {
    /// Takes over a mark that stands behind the ones known so far.
    mutating func take(_ mark: Mark) {
        // One that is written again, because nobody knew whether it had been, has the number that it had.
        if mark.number >= self[mark.deriver]?.number ?? 0 { self[mark.deriver] = mark }
    }

    mutating func take(_ others: [String: Mark]) { for mark in others.values { take(mark) } }

    /// In a fixed order, so that equal marks are equal bytes.
    var fields: [Fields] { sorted { $0.key < $1.key }.map(\.value.fields) }

    init(_ values: [FieldValue]) {
        self = [:]
        for value in values { if let mark = Mark(payload: value.bytes) { take(mark) } }
    }
}
