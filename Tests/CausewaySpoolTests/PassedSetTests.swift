import CausewaySpool
import Testing

struct PassedSetTests {
    @Test func `any order of the same sequences ends in the same set`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let sequences = (1...40).filter { _ in Int.random(in: 0..<5) > 0 }.map(UInt64.init)
            var set = PassedSet()
            for sequence in sequences.shuffled(using: &random) { set.insert(sequence) }
            for sequence in UInt64(1)...41 { #expect(set.contains(sequence) == sequences.contains(sequence)) }
            let expectedPrefix = (UInt64(1)...41).first { !sequences.contains($0) }! - 1
            #expect(set.prefix == expectedPrefix)
            #expect(set.ranges.allSatisfy { $0.lowerBound > set.prefix + 1 })
        }
    }

    @Test func `a range that bridges a gap joins its neighbours`() {
        var set = PassedSet(prefix: 10)
        set.insert(20...25)
        set.insert(13...14)
        #expect(set.ranges == [13...14, 20...25])
        set.insert(15...19)
        #expect(set.ranges == [13...25])
        set.insert(11...12)
        #expect(set.prefix == 25)
        #expect(set.ranges.isEmpty)
    }

    @Test func `what is passed already changes nothing`() {
        var set = PassedSet(prefix: 10)
        set.insert(3...10)
        set.insert(12...13)
        set.insert(12...12)
        #expect(
            set
                == {
                    var same = PassedSet(prefix: 10); same.insert(12...13); return same
                }()
        )
    }
}
