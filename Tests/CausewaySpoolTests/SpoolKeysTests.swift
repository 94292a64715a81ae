import Testing

@testable import CausewaySpool

struct SpoolKeysTests {
    private static let bytes = (0..<32).map { UInt8($0 * 7) }
    private static let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()

    @Test(arguments: [
        hexadecimal, hexadecimal.uppercased(), " \(hexadecimal)\n", "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=",
        "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK-2vcTL0tk",
    ])
    func `a key is read as hexadecimal digits or as Base64`(text: String) throws {
        #expect(try #require(SpoolKey(text: [UInt8](text.utf8))).id == SpoolKey(Self.bytes).id)
    }

    @Test(arguments: [
        "", "secret", String(hexadecimal.dropLast()), hexadecimal + "0", "g" + hexadecimal.dropFirst(),
        "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0g==",
    ])
    func `what is not 32 bytes is no key`(text: String) {
        #expect(SpoolKey(text: [UInt8](text.utf8)) == nil)
    }

    @Test func `a key's number stays the same for good, and tells nothing of the key`() {
        let key = SpoolKey(Self.bytes)
        #expect(key.name == "e140a8dbbaff8166")
        #expect("\(key)" == key.name)
        var text = ""
        dump(key, to: &text)
        #expect(!text.contains("cipher"))
    }

    @Test func `the current key reads as well, and so do the others`() {
        let (old, new) = (SpoolKey(Self.bytes), SpoolKey(Self.bytes.reversed()))
        let keys = SpoolKeys(current: new, others: [old])
        #expect(keys[new.id] == new)
        #expect(keys[old.id] == old)
        #expect(keys[7] == nil)
        #expect(SpoolKeys(others: [old]).current == nil)
    }
}
