internal import CausewayModel
internal import CausewaySpool

/// Which items of which frames a request between two bridges is made of, in the order of its body: the header `Causeway-Frames`.
///
/// `<log id>:<sequence>[<first item>-<last item>],…`; the log id, 16 hexadecimal digits, is left out where it is the one before. Ordinals
/// count from 0 in the frame as the sender has it stored; those that were not sent are in no range.
struct FrameList: Equatable {
    static let header = "Causeway-Frames"
    /// So that the header stays below 7 KiB whatever the numbers are.
    static let maxEntries = 160
    /// More than this nobody sends.
    private static let limit = 4096

    var entries: [OriginRange]

    init(_ entries: [OriginRange]) { self.entries = entries }

    var text: String {
        var text = ""
        var log: UInt64?
        for entry in entries {
            if !text.isEmpty { text += "," }
            if entry.log != log { text += SpoolReport.hexadecimal(entry.log) + ":" }
            log = entry.log
            text += "\(entry.sequence)[\(entry.items.lowerBound)-\(entry.items.upperBound - 1)]"
        }
        return text
    }

    /// Reads the header's entries; nil when one of them is none.
    init?(entries words: [String]) {
        guard words.count <= Self.limit else { return nil }
        var log: UInt64?
        entries = []
        for word in words {
            var rest = word[...].drop { $0 == " " }
            if let colon = rest.firstIndex(of: ":") {
                guard rest.distance(from: rest.startIndex, to: colon) == 16, let id = UInt64(rest[..<colon], radix: 16), id != 0 else {
                    return nil
                }
                log = id
                rest = rest[rest.index(after: colon)...]
            }
            guard let log, let bracket = rest.firstIndex(of: "["), rest.last == "]", let sequence = Self.number(rest[..<bracket]) else {
                return nil
            }
            let ordinals = rest[rest.index(after: bracket)...].dropLast().split(separator: "-", omittingEmptySubsequences: false)
            guard ordinals.count == 2, let first = Self.number(ordinals[0]), let last = Self.number(ordinals[1]), first <= last,
                last < UInt32.max
            else { return nil }
            entries.append(OriginRange(tenant: "", log: log, sequence: sequence, items: Int(first)..<Int(last) + 1))
        }
    }

    var itemCount: Int { entries.reduce(0) { $0 + $1.items.count } }

    private static func number(_ digits: Substring) -> UInt64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt64(digits)
    }
}
