import Foundation
import Testing

@testable import CausewayOTLP

struct MessageSchemaTests {
    @Test func `the table says of every field what the published definitions say`() throws {
        let published = Set(
            String(decoding: try Fixtures.bytes("otlp-json/schema.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
        )
        var ours: Set<String> = []
        for message in Message.allCases {
            for field in MessageSchema.all[message.rawValue].fields {
                let kind =
                    switch field.kind {
                    case .message(let message): message.publishedName
                    case .base64: "bytes"
                    default: "\(field.kind)"
                    }
                let label = field.isRepeated ? "many" : "one"
                ours.insert("\(message.publishedName) \(field.number) \(field.name) \(kind) \(label) \(field.presence)")
            }
        }
        #expect(ours.subtracting(published) == [])
        #expect(published.subtracting(ours) == [])
    }
}

extension Message {
    fileprivate var publishedName: String {
        switch self {
        case .tracesRequest: "ExportTraceServiceRequest"
        case .metricsRequest: "ExportMetricsServiceRequest"
        case .logsRequest: "ExportLogsServiceRequest"
        case .spanEvent: "Event"
        case .spanLink: "Link"
        case .spanStatus: "Status"
        case .scope: "InstrumentationScope"
        default: "\(self)".prefix(1).uppercased() + "\(self)".dropFirst()
        }
    }
}
