import Testing

@testable import CausewayPlatform

struct AESGCMTests {
    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue).map { UInt8($0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Test cases 13, 14 and 16 of the mode's specification (McGrew and Viega, 2005): 256-bit keys.
    static let cases: [(key: String, nonce: String, plain: String, associated: String, sealed: String)] = [
        (String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: cases.indices)
    func `what is sealed is what the specification says, and opens again`(index: Int) {
        let known = Self.cases[index]
        let cipher = AESGCM(key: Self.bytes(known.key))
        let (nonce, plain, associated) = (Self.bytes(known.nonce), Self.bytes(known.plain), Self.bytes(known.associated))
        #expect(cipher.sealed(plain, associated: associated, nonce: nonce) == nonce + Self.bytes(known.sealed))
        #expect(cipher.opened(nonce + Self.bytes(known.sealed), associated: associated) == plain)
    }

    @Test func `one bit turned over anywhere keeps it shut`() {
        let cipher = AESGCM(key: (0..<32).map { $0 })
        let associated: [UInt8] = [1, 2, 3]
        let sealed = cipher.sealed([UInt8]("a secret".utf8), associated: associated)
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(cipher.opened(changed, associated: associated) == nil)
        }
        #expect(cipher.opened(sealed, associated: [1, 2, 2]) == nil)
        #expect(AESGCM(key: (1..<33).map { $0 }).opened(sealed, associated: associated) == nil)
        for length in 0..<sealed.count { #expect(cipher.opened([UInt8](sealed.prefix(length)), associated: associated) == nil) }
    }

    @Test func `no nonce is drawn twice`() {
        let cipher = AESGCM(key: (0..<32).map { $0 })
        let nonces = (0..<500).map { _ in [UInt8](cipher.sealed([], associated: []).prefix(AESGCM.nonceSize)) }
        #expect(Set(nonces).count == nonces.count)
    }

    /// Test cases 1, 2 and 6 of RFC 4231.
    @Test(arguments: [
        ([UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        ([UInt8]("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `a digest is what the specification says`(key: [UInt8], message: String, digest: String) {
        #expect(HMAC.sha256([UInt8](message.utf8), key: key) == Self.bytes(digest))
    }
}
