import CausewayOTLP
import Testing

struct KeyedHashTests {
    /// From the reference implementation of SipHash-2-4: the key 00 01 … 0f, the text 00 01 … of each length.
    @Test(
        arguments: [
            (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A), (7, 0xAB02_00F5_8B01_D137),
            (8, 0x93F5_F579_9A93_2462), (15, 0xA129_CA61_49BE_45E5),
        ] as [(Int, UInt64)]
    )
    func `it is SipHash`(length: Int, expected: UInt64) {
        let text = (0..<20).map { UInt8($0) }
        #expect(KeyedHash.of(text, 0..<length, 0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == expected)
        #expect(KeyedHash.of([9, 9, 9] + text, 3..<3 + length, 0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == expected)
    }

    @Test func `two numbers are their sixteen bytes`() {
        let text = (0..<16).map { UInt8($0) }
        #expect(KeyedHash.of(text, 0..<16, 1, 2) == KeyedHash.of(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908, 1, 2))
    }
}
