import Testing

@testable import CausewaySemantics

struct PlaceMapTests {
    @Test func `what is told of a place is known of it alone, in the order in which it was told`() {
        var map = PlaceMap<String>()
        map.reset(5)
        #expect(map.isEmpty && map[3] == nil && !map.has(3))
        map.set(3, "c")
        map[1, default: "a"] += "b"
        map.set(3, "d")
        map[1, default: "x"] += "c"
        #expect(map[3] == "d" && map[1] == "abc" && map[0] == nil && map.has(1) && !map.has(4))
        #expect(map.entries.map(\.place) == [3, 1])
    }

    @Test func `all are forgotten at once, or some of them`() {
        var map = PlaceMap<Int>()
        map.reset(4)
        for place in 0..<4 { map.set(place, place * 10) }
        map.replaceAll { place, value in place % 2 == 0 ? value + 1 : nil }
        #expect((0..<4).map { map[$0] } == [1, nil, 21, nil])
        map.reset(9)
        #expect(map.isEmpty && (0..<9).allSatisfy { map[$0] == nil })
    }

    @Test func `a set holds what was put in, once`() {
        var set = PlaceSet()
        set.reset(3)
        #expect(!set.contains(2) && set.insert(2) && !set.insert(2) && set.contains(2) && !set.contains(0))
        #expect(set.places == [2])
        set.reset(5)
        #expect(set.isEmpty && !set.contains(2) && set.insert(4))
    }
}
