import CausewayPlatform
import Testing

@testable import CausewaySpool

struct FrameHeaderTests {
    private let logID: UInt64 = 0x1122_3344_5566_7788

    @Test func `the 64 bytes are laid out as drawn`() {
        var header = FrameHeader(kind: .otlp, sequence: 0x0102_0304_0506_0708, payloadLength: 3)
        header.signal = 2
        header.flags = [.derived, .more]
        header.policy = 0x1234
        header.tenant = 0x0a0b_0c0d
        header.receivedNanoseconds = 0x1112_1314_1516_1718
        header.items = 0x2122_2324
        header.origin = FrameOrigin(log: 0x3132_3334_3536_3738, sequence: 0x4142_4344_4546_4748, firstItem: 0x5152_5354)
        let bytes = header.encoded(logID: logID, payload: [1, 2, 3])
        #expect(
            [UInt8](bytes[..<60]) == [
                0x43, 0x57, 0x46, 0x31, 1, 3, 2, 0b0101_0000,
                64, 0, 0x34, 0x12, 0x0d, 0x0c, 0x0b, 0x0a,
                8, 7, 6, 5, 4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
                0x24, 0x23, 0x22, 0x21, 3, 0, 0, 0, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32, 0x31,
                0x48, 0x47, 0x46, 0x45, 0x44, 0x43, 0x42, 0x41, 0x54, 0x53, 0x52, 0x51,
            ]
        )
        var crc = CRC32C(seed: logID)
        crc.update(bytes, 0..<60)
        crc.update([1, 2, 3])
        #expect(bytes.littleEndian32(at: 60) == crc.value)
    }

    @Test(arguments: FrameKind.allCases)
    func `what is written is read back`(kind: FrameKind) throws {
        for flags in 0..<UInt8(128) {
            var header = FrameHeader(kind: kind, sequence: 77, payloadLength: 5)
            header.flags = FrameFlags(rawValue: flags)
            let bytes = header.encoded(logID: logID, payload: [9, 8, 7, 6, 5])
            let read = try #require(FrameHeader(bytes, at: 0))
            header.checksum = read.checksum
            #expect(read == header)
            #expect(read.isIntact(logID: logID, header: bytes, at: 0, payload: [9, 8, 7, 6, 5], at: 0))
        }
    }

    @Test func `any flipped bit of header or payload breaks the checksum or the header`() {
        let payload: [UInt8] = [UInt8]("some payload".utf8)
        let frame = FrameHeader(kind: .otlp, sequence: 5, payloadLength: payload.count).encoded(logID: logID, payload: payload) + payload
        for bit in 0..<frame.count * 8 {
            var damaged = frame
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let header = FrameHeader(damaged, at: 0) else { continue }
            #expect(!header.isIntact(logID: logID, header: damaged, at: 0, payload: damaged, at: 64), "bit \(bit)")
        }
    }

    @Test func `a frame of another log is not intact`() throws {
        let bytes = FrameHeader(kind: .otlp, sequence: 5, payloadLength: 0).encoded(logID: logID, payload: [])
        let header = try #require(FrameHeader(bytes, at: 0))
        #expect(!header.isIntact(logID: logID + 1, header: bytes, at: 0, payload: [], at: 0))
    }

    @Test func `a head is intact whatever the log, since it says which log it is`() throws {
        let bytes = FrameHeader(kind: .head, sequence: 1, payloadLength: 0).encoded(logID: logID, payload: [])
        let header = try #require(FrameHeader(bytes, at: 0))
        #expect(header.isIntact(logID: 0, header: bytes, at: 0, payload: [], at: 0))
    }
}
