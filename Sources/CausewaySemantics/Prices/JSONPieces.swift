internal import CausewayModel

/// A large JSON text taken apart as it comes: each member of the outermost object, or each element of the outermost list, is handed on as
/// a text of its own, so that no more than one of them is in memory.
struct JSONPieces {
    enum Outermost: Sendable { case object, list }

    private(set) var outermost: Outermost?
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isOver = false
    /// The bytes of the piece so far.
    private var piece: [UInt8] = []
    private(set) var offset = 0
    private(set) var lines = 1
    /// Where the piece begins.
    private var pieceLine = 1

    /// Longer than any provider's list of models.
    static let maxPiece = 4 << 20

    /// Reads on; each whole piece is given to `body` with the line on which it begins. An object's comes as an object of one member.
    mutating func read(_ bytes: [UInt8], _ body: (_ piece: [UInt8], _ line: Int) throws(PriceFileError) -> Void) throws(PriceFileError) {
        // Where the bytes begin that belong to the piece and are not in it yet.
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") { lines += 1 }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where depth > 0: isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0 {
                    guard outermost == nil else { throw error("something behind the end") }
                    outermost = byte == UInt8(ascii: "{") ? .object : .list
                    start = index + 1
                    pieceLine = lines
                }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth >= 0 else { throw error("a bracket too many") }
                if depth == 0 {
                    guard (byte == UInt8(ascii: "}")) == (outermost == .object) else { throw error("brackets that do not match") }
                    piece += bytes[start..<index]
                    try end(body, isLast: true)
                    isOver = true
                    start = index + 1
                }
            case UInt8(ascii: ",") where depth == 1:
                piece += bytes[start..<index]
                try end(body, isLast: false)
                start = index + 1
                pieceLine = lines
            case 0x20, 0x09, 0x0A, 0x0D: break
            default:
                if depth == 0 { throw error(offset + index == 0 ? "not JSON" : "something that is no JSON") }
            }
        }
        offset += bytes.count
        if depth > 0 {
            piece += bytes[start...]
            guard piece.count <= Self.maxPiece else { throw error("one entry is larger than 4 MiB") }
        }
    }

    /// Says if the text was cut off.
    func finish() throws(PriceFileError) {
        guard offset > 0 else { throw PriceFileError("empty") }
        guard isOver else { throw error("cut off: it ends in the middle of an entry") }
    }

    private mutating func end(
        _ body: (_ piece: [UInt8], _ line: Int) throws(PriceFileError) -> Void,
        isLast: Bool
    ) throws(PriceFileError) {
        defer { piece.removeAll(keepingCapacity: true) }
        if isLast, piece.allSatisfy({ $0 <= 0x20 }) { return }
        if outermost == .object {
            piece.insert(UInt8(ascii: "{"), at: 0)
            piece.append(UInt8(ascii: "}"))
        }
        // Where the last one began keeps memory small.
        try body(piece, pieceLine)
    }

    private func error(_ reason: String) -> PriceFileError { PriceFileError("\(reason) (line \(lines))") }
}

/// Why a file of prices cannot be used at all.
package struct PriceFileError: Error, Equatable, Sendable, CustomStringConvertible {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
