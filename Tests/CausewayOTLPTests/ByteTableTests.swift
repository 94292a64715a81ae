import CausewayOTLP
import Testing

struct ByteTableTests {
    @Test func `a string is found wherever it lies, and no other`() {
        var table = ByteTable()
        let words = (0..<500).map { String(repeating: "word", count: $0 % 5) + "\($0)" }
        for (number, word) in words.enumerated() {
            let bytes = Array("<<\(word)>>".utf8)
            let isNew = table.add(bytes, 2..<bytes.count - 2)
            let place = table.insert(Array(word.utf8))
            let isNewAgain = table.add(bytes, 2..<bytes.count - 2)
            #expect(isNew && place == number && !isNewAgain)
        }
        for (number, word) in words.enumerated() {
            let bytes = Array("<\(word)>".utf8)
            #expect(table.find(bytes, 1..<bytes.count - 1) == number)
            #expect(table.find(bytes) == nil)
        }
        #expect(table.count == words.count)
    }

    @Test(arguments: [3, 40, 5000]) func `an emptied table has nothing, and can be filled again`(count: Int) {
        var table = ByteTable()
        for round in 0..<3 {
            let places = (0..<count).map { table.insert(Array("\(round).\($0)".utf8)) }
            #expect(places == Array(0..<count))
            table.empty()
            #expect(table.count == 0)
            #expect(table.find(Array("\(round).0".utf8)) == nil)
        }
    }
}
