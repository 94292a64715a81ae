import CausewayModel
import CausewayPlatform
import Testing

@testable import Causeway

struct SignalDetectionTests {
    /// A length-delimited protobuf field.
    private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        precondition(content.count < 128)
        return [number << 3 | 2, UInt8(content.count)] + content
    }

    private func request(_ item: [UInt8]) -> [UInt8] { field(1, field(1, [0x0a, 0]) + field(2, field(1, []) + field(2, item))) }

    @Test func `a span is told by its ids`() {
        let span = field(1, Array(repeating: 7, count: 16)) + field(2, Array(repeating: 7, count: 8)) + field(5, Array("name".utf8))
        #expect(SignalDetection.signal(ofProtobuf: request(span)) == .traces)
    }

    @Test func `a metric is told by its name, also one of 16 bytes`() {
        #expect(SignalDetection.signal(ofProtobuf: request(field(1, Array("tokens".utf8)) + field(7, []))) == .metrics)
        #expect(
            SignalDetection.signal(ofProtobuf: request(field(1, Array("sixteen.bytes.ab".utf8)) + field(2, Array("what".utf8)))) == .metrics
        )
    }

    @Test func `a log record is told by its time or its severity`() {
        #expect(SignalDetection.signal(ofProtobuf: request([0x09] + Array(repeating: 1, count: 8))) == .logs)
        #expect(SignalDetection.signal(ofProtobuf: request([0x10, 9])) == .logs)
        #expect(SignalDetection.signal(ofProtobuf: request([0x59] + Array(repeating: 1, count: 8))) == .logs)
    }

    @Test func `without an item, or with garbage, nothing is told`() {
        #expect(SignalDetection.signal(ofProtobuf: []) == nil)
        #expect(SignalDetection.signal(ofProtobuf: field(1, field(1, []))) == nil)
        #expect(SignalDetection.signal(ofProtobuf: Array("hello world".utf8)) == nil)
        #expect(SignalDetection.signal(ofProtobuf: [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]) == nil)
    }

    @Test func `every request of the corpus is told for what it is`() throws {
        let corpus = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/corpus"
        var seen: [Signal: Int] = [:]
        for folder in try RealDisk().list(corpus) {
            for file in try RealDisk().list("\(corpus)/\(folder)") {
                guard file.hasSuffix(".pb") || file.hasSuffix(".json") else { continue }
                let expected: Signal = file.contains(".logs.") ? .logs : file.contains(".metrics.") ? .metrics : .traces
                let bytes = try Files.read("\(corpus)/\(folder)/\(file)", limit: 64 << 20)
                let requests = try OTLPFile(bytes, name: file).requests
                #expect(requests.map(\.signal) == [expected], "\(folder)/\(file)")
                seen[expected, default: 0] += 1
            }
        }
        #expect(Set(seen.keys) == Set(Signal.allCases))
    }
}
