import CausewayOTLP
import Testing

struct PatchTests {
    /// Three messages in each other, an inner field before and behind each.
    private func nested(_ inner: [UInt8]) -> [UInt8] {
        Wire.number(7, 1) + Wire.field(1, Wire.number(8, 1) + Wire.field(2, Wire.number(9, 1) + Wire.field(3, inner)) + Wire.number(8, 2))
    }

    /// The contents of the message that field `number` holds.
    private func contents(_ number: Int, in message: Range<Int>, _ payload: [UInt8]) -> Range<Int> {
        var fields = FieldReader(message)
        while let field = fields.next(payload) {
            if field.number == number { return field.contents }
        }
        return 0..<0
    }

    @Test(arguments: [0, 1, 100, 116, 117, 118, 119, 120, 121, 122, 125, 126, 127, 128, 300, 16_370, 16_380, 16_383, 16_384, 40_000])
    func `lengths around a change grow and shrink with it`(size: Int) {
        let big = Wire.field(4, [UInt8](repeating: 1, count: size))
        let small = Wire.number(4, 1)
        for (before, after) in [(big, small), (small, big), (big, [] as [UInt8]), ([], big)] {
            let payload = nested(before)
            let first = contents(1, in: 0..<payload.count, payload)
            let second = contents(2, in: first, payload)
            let third = contents(3, in: second, payload)
            var patch = Patch()
            patch.replace(third, in: third) { $0 += after }
            #expect(patch.applied(to: payload) == nested(after))
        }
    }

    @Test func `no change gives the very same bytes`() {
        let payload = nested(Wire.number(1, 1))
        var patch = Patch()
        patch.append(to: 0..<payload.count) { _ in }
        patch.remove(3..<3, in: 0..<payload.count)
        #expect(patch.isEmpty && patch.applied(to: payload) == payload)
    }

    @Test func `messages that end together each get what is added to them`() {
        let payload = Wire.field(1, Wire.field(2, Wire.field(3, [])))
        let first = contents(1, in: 0..<payload.count, payload)
        let second = contents(2, in: first, payload)
        let third = contents(3, in: second, payload)
        let added = { (value: UInt64) in Wire.number(9, value) }
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
            var patch = Patch()
            for level in order {
                patch.append(to: [0..<payload.count, first, second, third][level]) { $0 += added(UInt64(level)) }
            }
            let wanted = Wire.field(1, Wire.field(2, Wire.field(3, added(3)) + added(2)) + added(1)) + added(0)
            #expect(patch.applied(to: payload) == wanted)
        }
    }

    @Test func `what is added before a field that goes stays`() {
        let payload = Wire.field(1, Wire.number(5, 1)) + Wire.field(1, Wire.number(5, 2)) + Wire.field(1, Wire.number(5, 3))
        let size = payload.count / 3
        var patch = Patch()
        patch.remove(size..<2 * size, in: 0..<payload.count)
        patch.append(to: 2..<size) { $0 += Wire.number(6, 1) }
        patch.append(to: 2 * size + 2..<3 * size) { $0 += Wire.number(6, 3) }
        let wanted = Wire.field(1, Wire.number(5, 1) + Wire.number(6, 1)) + Wire.field(1, Wire.number(5, 3) + Wire.number(6, 3))
        #expect(patch.applied(to: payload) == wanted)
    }

    @Test func `changes inside what goes anyway do not matter`() {
        let payload = Wire.field(1, Wire.field(2, Wire.number(5, 1)) + Wire.field(2, Wire.number(5, 2)))
        let first = contents(1, in: 0..<payload.count, payload)
        let second = contents(2, in: first, payload)
        var patch = Patch()
        patch.replace(second, in: second) { $0 += Wire.number(5, 9) }
        patch.append(to: second) { $0 += Wire.number(6, 9) }
        patch.remove(first.lowerBound..<second.upperBound, in: first)
        patch.append(to: second) { $0 += Wire.number(6, 9) }
        #expect(patch.applied(to: payload) == Wire.field(1, Wire.field(2, Wire.number(5, 2))))
    }

    @Test func `a part that is replaced twice is what it was replaced with first`() {
        let payload = Wire.number(5, 1) + Wire.number(5, 2)
        var patch = Patch()
        patch.replace(2..<4, in: 0..<4) { $0 += Wire.number(5, 3) }
        patch.replace(2..<4, in: 0..<4) { $0 += Wire.number(5, 4) }
        #expect(patch.applied(to: payload) == Wire.number(5, 1) + Wire.number(5, 3))
    }

    /// Trees of messages with random changes, made in random order, against the same changes made while writing the tree.
    @Test func `many changes in any order are all made`() {
        var random = Seeded(3)
        for _ in 0..<300 {
            var patch = Patch()
            var changes: [(inout Patch) -> Void] = []
            let (before, after) = tree(depth: 0, at: 0, &changes, &random)
            for change in changes.shuffled(using: &random) { change(&patch) }
            #expect(patch.applied(to: before) == after)
        }
    }

    /// A message written twice, without and with its changes; `position` is where it will lie in the payload.
    private func tree(
        depth: Int,
        at position: Int,
        _ changes: inout [(inout Patch) -> Void],
        _ random: inout Seeded
    ) -> (before: [UInt8], after: [UInt8]) {
        var before: [UInt8] = []
        var after: [UInt8] = []
        var own: [(range: Range<Int>, new: [UInt8])] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where depth < 5:
                // A first writing tells how long the header is; the second, from the same state, where the contents lie.
                var unused: [(inout Patch) -> Void] = []
                var copy = random
                let size = tree(depth: depth + 1, at: 0, &unused, &copy).before.count
                let header = Wire.tag(1, 2) + Wire.varint(UInt64(size))
                let inner = tree(depth: depth + 1, at: position + before.count + header.count, &changes, &random)
                before += header + inner.before
                after += Wire.field(1, inner.after)
            case 1:
                let field = Wire.field(2, [UInt8](repeating: 7, count: Int.random(in: 0...150, using: &random)))
                let new =
                    Bool.random(using: &random) ? [] : Wire.field(3, [UInt8](repeating: 8, count: Int.random(in: 0...150, using: &random)))
                own.append((position + before.count..<position + before.count + field.count, new))
                before += field
                after += new
            default:
                let field = Wire.number(4, UInt64.random(in: 0...1000, using: &random))
                before += field
                after += field
            }
        }
        let message = position..<position + before.count
        for (range, new) in own { changes.append { $0.replace(range, in: message) { $0 += new } } }
        if Bool.random(using: &random) {
            let new = Wire.field(5, [UInt8](repeating: 9, count: Int.random(in: 0...40, using: &random)))
            changes.append { $0.append(to: message) { $0 += new } }
            after += new
        }
        return (before, after)
    }
}
