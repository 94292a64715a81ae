/// Well-formed UTF-8 out of bytes that may not be: the check, and the repair with U+FFFD.
///
/// What is replaced is the maximal ill-formed subpart (Unicode, section 3.9), as most decoders do, so that a
/// reader behind us and one in front of us see the same text.
package enum UTF8Text {
    /// U+FFFD, what stands in for bytes that are no text.
    package static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// What begins at a place in a text.
    package enum Sequence: Equatable, Sendable {
        /// One well-formed character of so many bytes.
        case character(Int)
        /// So many bytes that one U+FFFD stands for.
        case broken(Int)

        package var length: Int {
            switch self {
            case .character(let length), .broken(let length): length
            }
        }
    }

    /// What begins at `index`, which lies before `end`.
    package static func sequence(at index: Int, before end: Int, in bytes: [UInt8]) -> Sequence {
        let lead = bytes[index]
        // The range of the second byte depends on the first: no overlong forms, no surrogates, nothing above U+10FFFF.
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F: return .character(1)
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: length = 3
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return .broken(1)
        }
        guard index + 1 < end, second.contains(bytes[index + 1]) else { return .broken(1) }
        var good = 2
        while good < length {
            guard index + good < end, bytes[index + good] & 0xC0 == 0x80 else { return .broken(good) }
            good += 1
        }
        return .character(length)
    }

    package static func isValid(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            guard case .character(let length) = sequence(at: index, before: range.upperBound, in: bytes) else { return false }
            index += length
        }
        return true
    }

    /// Appends the text to `output` with every broken sequence replaced; says whether one was.
    @discardableResult
    package static func append(_ range: Range<Int>, of bytes: [UInt8], to output: inout [UInt8]) -> Bool {
        var good = range.lowerBound
        var index = good
        var repaired = false
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let sequence = sequence(at: index, before: range.upperBound, in: bytes)
            if case .broken = sequence {
                output.append(contentsOf: bytes[good..<index])
                output.append(contentsOf: replacement)
                good = index + sequence.length
                repaired = true
            }
            index += sequence.length
        }
        output.append(contentsOf: bytes[good..<range.upperBound])
        return repaired
    }
}
