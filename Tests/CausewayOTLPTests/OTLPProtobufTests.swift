import CausewayModel
import CausewayOTLP
import Testing

struct OTLPProtobufTests {
    @Test(arguments: Signal.allCases)
    func `an answer says what was refused and why`(signal: Signal) throws {
        let body = OTLPProtobuf.exportResponse(signal, refused: 300, message: "300 refused: naïve")
        #expect(body == Wire.field(1, Wire.number(1, 300) + Wire.field(2, "300 refused: naïve")))
        let partial = try #require(OTLPProtobuf.partialSuccess(fromProtobuf: body))
        #expect(partial == (300, "300 refused: naïve"))
    }

    @Test(arguments: Signal.allCases)
    func `an answer to what was accepted whole is empty`(signal: Signal) {
        #expect(OTLPProtobuf.exportResponse(signal, refused: 0, message: "").isEmpty)
        #expect(OTLPProtobuf.partialSuccess(fromProtobuf: []) == nil)
    }

    @Test func `a warning comes without a number`() throws {
        let body = OTLPProtobuf.exportResponse(.logs, refused: 0, message: "careful")
        let partial = try #require(OTLPProtobuf.partialSuccess(fromProtobuf: body))
        #expect(partial == (0, "careful"))
    }

    @Test(arguments: [
        Wire.field(1, []), Array("<html>".utf8), [0x0A, 0x7F], [0x0B, 0x0C], Array("{\"partialSuccess\":{}}".utf8), [0xFF],
        Wire.number(1, 5),
    ])
    func `an answer that is none says nothing`(body: [UInt8]) {
        #expect(OTLPProtobuf.partialSuccess(fromProtobuf: body) == nil)
    }

    @Test func `a strange answer is read as far as it makes sense`() throws {
        let negative = Wire.field(1, Wire.number(1, .max) + Wire.field(2, [0x61, 0xFF, 0x00, 0x62]) + Wire.field(9, "unknown"))
        let partial = try #require(OTLPProtobuf.partialSuccess(fromProtobuf: negative + Wire.field(7, "unknown")))
        #expect(partial == (0, "a\u{FFFD}\0b"))
    }

    @Test func `garbage for an answer does no harm`() {
        var random = Seeded(4)
        let body = OTLPProtobuf.exportResponse(.traces, refused: 3, message: "why")
        for _ in 0..<20_000 {
            var garbled = body
            for _ in 0..<2 { garbled[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = OTLPProtobuf.partialSuccess(fromProtobuf: garbled)
            _ = OTLPProtobuf.statusMessage(fromProtobuf: garbled)
        }
    }

    @Test func `an error body is a status with code and message`() {
        let body = OTLPProtobuf.status(code: 3, message: "bad")
        #expect(body == Wire.number(1, 3) + Wire.field(2, "bad"))
        #expect(OTLPProtobuf.statusMessage(fromProtobuf: body + Wire.field(3, Wire.field(1, "type"))) == "bad")
        #expect(OTLPProtobuf.statusMessage(fromProtobuf: []) == nil)
        #expect(OTLPProtobuf.statusMessage(fromProtobuf: Array("Bad Gateway".utf8)) == nil)
    }
}
