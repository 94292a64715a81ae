import Testing

@testable import CausewaySemantics

struct TraceIndexTests {
    /// Few enough to come again and again, and to lie close together.
    private func key(_ number: Int) -> SettleTraceKey {
        SettleTraceKey(tenant: UInt32(number % 3), high: UInt64(number / 3 % 2), low: UInt64(number / 6 + 1))
    }

    @Test func `what is put in is found until it is taken out, as in a dictionary`() {
        var index = TraceIndex()
        var known: [SettleTraceKey: Int] = [:]
        var random = SystemRandomNumberGenerator()
        for step in 0..<20_000 {
            let key = key(Int.random(in: 0..<600, using: &random))
            if known[key] == nil {
                index.insert(key, step)
                known[key] = step
            } else if Bool.random(using: &random) {
                index.remove(key)
                known[key] = nil
            }
            #expect(index.find(key) == known[key] && index.count == known.count)
        }
        for number in 0..<600 { #expect(index.find(key(number)) == known[key(number)]) }
        index.removeAll()
        for number in 0..<600 { #expect(index.find(key(number)) == nil) }
        #expect(index.count == 0)
    }

    @Test func `taking out what is not there changes nothing`() {
        var index = TraceIndex()
        index.insert(key(1), 7)
        index.remove(key(2))
        #expect(index.find(key(1)) == 7 && index.count == 1)
    }
}
