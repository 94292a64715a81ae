import Testing

@testable import CausewayModel

struct HexadecimalTests {
    @Test func `bytes are written in lower case and read in either`() {
        let bytes: [UInt8] = [0x00, 0x0F, 0xA5, 0xFF]
        #expect(Hexadecimal.text(bytes[...]) == "000fa5ff")
        #expect(Hexadecimal.bytes(Array("000FA5ff".utf8)[...]) == bytes)
    }

    @Test(arguments: ["0", "abc", "0g", "zz", "0x12", " 0"])
    func `what is not pairs of digits is refused`(text: String) {
        #expect(Hexadecimal.bytes(Array(text.utf8)[...]) == nil)
    }
}
