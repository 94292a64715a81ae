internal import CausewayModel
internal import CausewayOTLP

/// Attributes whose keys are paths (`llm.input_messages.0.message.role`) put together again to the JSON they once were.
///
/// Numbers in a path are places in a list: they may come in any order and leave gaps.
struct Unflattening {
    private struct Leaf {
        /// What is left of the key.
        var path: Range<Int>
        var value: ValueView

        /// Of its text.
        var length: Int {
            if case .string(let text) = value { text.count + text.count / 16 } else { 24 }
        }
    }

    /// Deeper paths are nobody's; what is behind counts as one name.
    private static let depthLimit = 16

    private let payload: [UInt8]
    private var leaves: [Leaf] = []

    init(_ payload: [UInt8]) { self.payload = payload }

    var isEmpty: Bool { leaves.isEmpty }

    mutating func add(_ path: Range<Int>, _ value: ValueView) { leaves.append(Leaf(path: path, value: value)) }

    /// The JSON; nil if something is both a value and has members.
    func json() -> [UInt8]? {
        let sorted = leaves.sorted { order($0.path, $1.path) < 0 }
        var output: [UInt8] = []
        output.reserveCapacity(leaves.reduce(0) { $0 + $1.path.count + $1.length + 16 })
        return write(sorted[...], 0, to: &output) ? output : nil
    }

    private func order(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        var (a, b) = (left, right)
        while !a.isEmpty, !b.isEmpty {
            let (first, second) = (segment(a), segment(b))
            let order =
                if let one = number(first), let other = number(second) {
                    one - other
                } else {
                    compare(first, second)
                }
            if order != 0 { return order }
            a = behind(first, a)
            b = behind(second, b)
        }
        return (a.isEmpty ? 0 : 1) - (b.isEmpty ? 0 : 1)
    }

    private func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        for (a, b) in zip(left, right) where payload[a] != payload[b] { return Int(payload[a]) - Int(payload[b]) }
        return left.count - right.count
    }

    private func segment(_ path: Range<Int>) -> Range<Int> {
        var end = path.lowerBound
        while end < path.upperBound, payload[end] != UInt8(ascii: ".") { end += 1 }
        return path.lowerBound..<end
    }

    private func behind(_ segment: Range<Int>, _ path: Range<Int>) -> Range<Int> {
        min(segment.upperBound + 1, path.upperBound)..<path.upperBound
    }

    private func number(_ segment: Range<Int>) -> Int? {
        guard 1...7 ~= segment.count else { return nil }
        var value = 0
        for index in segment {
            let digit = payload[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private func write(_ leaves: ArraySlice<Leaf>, _ depth: Int, to output: inout [UInt8]) -> Bool {
        guard let first = leaves.first else { return false }
        if first.path.isEmpty || depth == Self.depthLimit {
            guard leaves.count == 1 else { return false }
            ValueText.append(first.value, payload, to: &output)
            return true
        }
        let isList = number(segment(first.path)) != nil
        output.append(isList ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        var start = leaves.startIndex
        while start < leaves.endIndex {
            let segment = segment(leaves[start].path)
            guard (number(segment) != nil) == isList else { return false }
            var group: [Leaf] = []
            var end = start
            while end < leaves.endIndex {
                let other = self.segment(leaves[end].path)
                guard other.count == segment.count, compare(other, segment) == 0 else { break }
                group.append(Leaf(path: behind(other, leaves[end].path), value: leaves[end].value))
                end += 1
            }
            if start > leaves.startIndex { output.append(UInt8(ascii: ",")) }
            if !isList {
                JSONEscapes.quote(payload, segment, to: &output)
                output.append(UInt8(ascii: ":"))
            }
            guard write(group[...], depth + 1, to: &output) else { return false }
            start = end
        }
        output.append(isList ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        return true
    }
}

extension Facts {
    /// Reads a family of attributes with places in their keys as one field. `family` ends in a dot.
    package mutating func take(
        family: String,
        as field: Field,
        _ reading: Reading? = nil,
        else order: UInt16 = 0
    ) {
        guard keys.hasPlaces, current + order < slots[Int(field.rawValue)].rank else { return }
        let family = Array(family.utf8)
        var members: [Int] = []
        var tree = Unflattening(payload)
        for (number, entry) in attributes.entries.enumerated() {
            guard uses[number] == .kept, payload.begins(with: family, at: entry.view.key),
                entry.view.key.count > family.count, payload[entry.view.key.lowerBound + family.count] &- 0x30 < 10
            else { continue }
            members.append(number)
            tree.add(entry.view.key.lowerBound + family.count..<entry.view.key.upperBound, entry.view.value)
        }
        guard !tree.isEmpty, let json = tree.json() else { return }
        let fact = converted(json, json.indices, reading ?? Reading(field.form), original: nil)
        guard !fact.isNone else { return }
        put(field, fact, order)
        if case .outputMessages = reading { noteFinishReasons() }
        for member in members { uses[member] = .dropped }
    }
}
