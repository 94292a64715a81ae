/// Where things lie in a data directory.
struct SpoolPaths: Sendable {
    let directory: String

    var lock: String { directory + "/lock" }
    var log: String { directory + "/log" }
    var cursors: String { directory + "/cursors" }
    var quarantine: String { directory + "/quarantine" }
    /// What those who derive something from the log have got to.
    var state: String { directory + "/state" }
    /// Bytes that could not be read back, copied aside.
    var damaged: String { quarantine + "/damaged" }

    /// A file of some size that holds nothing: given back when the disk is full, so that what has to be said can be written.
    var reserve: String { directory + "/reserve" }
    var emergencyLedger: String { directory + "/ledger.emergency" }

    /// Segments are named after their first sequence, so that their order is the order of their names.
    func segment(_ firstSequence: UInt64) -> String {
        "\(log)/\(Self.digits(firstSequence)).seg"
    }

    static func digits(_ sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    static func firstSequence(ofSegmentNamed name: String) -> UInt64? { firstSequence(of: name, ".seg") }

    /// Notes lie beside the segment they speak of.
    func notes(_ firstSequence: UInt64) -> String { segment(firstSequence).dropLast(4) + ".notes" }

    static func firstSequence(ofNotesNamed name: String) -> UInt64? { firstSequence(of: name, ".notes") }

    private static func firstSequence(of name: String, _ suffix: String) -> UInt64? {
        guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count, name.utf8.prefix(20).allSatisfy({ 0x30...0x39 ~= $0 }),
            let sequence = UInt64(name.prefix(20)), (1...FrameHeader.maxSequence).contains(sequence)
        else { return nil }
        return sequence
    }

    func state(_ name: String) -> String { state + "/" + name }

    func cursor(_ name: String) -> String { cursors + "/" + name }

    /// What may name a reader: it becomes a file's name.
    static func isReaderName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.first != "."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
