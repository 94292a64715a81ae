import Testing

@testable import CausewayModel

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 hold both ways`(plain: String, text: String) {
        var output: [UInt8] = []
        Base64.append(Array(plain.utf8)[...], to: &output)
        #expect(String(decoding: output, as: UTF8.self) == text)
        #expect(Base64.bytes(Array(text.utf8)[...]) == Array(plain.utf8))
    }

    @Test(arguments: ["-_8", "-_8=", "+/8", "+/8="])
    func `the URL-safe alphabet and missing padding are read`(text: String) {
        #expect(Base64.bytes(Array(text.utf8)[...]) == [0xFB, 0xFF])
    }

    @Test(arguments: ["Z", "Zg=", "Zg===", "Z===", "=", "====", "Zm9v====", "Zm 9", "Zm9v\n", "Zm=v", "Zmé="])
    func `anything else is refused`(text: String) {
        #expect(Base64.bytes(Array(text.utf8)[...]) == nil)
    }
}
