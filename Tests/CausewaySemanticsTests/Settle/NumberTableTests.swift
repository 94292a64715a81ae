import Testing

@testable import CausewaySemantics

struct NumberTableTests {
    @Test(arguments: [0, 1, 10, 1000])
    func `places are found by their numbers, however many there are and were expected`(room: Int) {
        var table = NumberTable()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3 {
            table.reset(room)
            var known: [UInt64: Int] = [:]
            #expect(table[7] == nil)
            for place in 0..<500 {
                let number = UInt64.random(in: 0..<200, using: &random) &* 0x1_0000_0001
                #expect(table[number] == known[number])
                (table[number], known[number]) = (place, place)
            }
            for (number, place) in known { #expect(table[number] == place) }
        }
    }

    @Test func `nothing is left of what was there before`() {
        var table = NumberTable()
        table.reset(10_000)
        for number in 0..<10_000 { table[UInt64(number)] = number }
        table.reset(2)
        for number in 0..<10_000 { #expect(table[UInt64(number)] == nil) }
    }
}
