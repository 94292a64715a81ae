import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Foundation
import Testing

@testable import Causeway

/// The key under which calls are hashed, over restarts.
struct CallKeyKeepingTests {
    /// The key in a directory where something is stored: before that there is nothing to compare with.
    private func key(_ directory: String) throws -> [UInt8] {
        let spool = try Spool(directory: directory, options: SpoolOptions()) {}
        defer { spool.close() }
        try spool.appendAndWait([FrameDraft(kind: .otlp, signal: 1, items: 1, receivedNanoseconds: 1, payload: [1, 2, 3])])
        return CallKey.kept(in: spool).bytes
    }

    @Test
    func
        `the key stays with the directory, for nobody else to read, and another directory has another one`()
        throws
    {
        let directories = (0..<2).map { _ in "/tmp/causeway-call-key-\(UInt64.random(in: 0 ... .max))" }
        defer {
            for directory in directories { try? FileManager.default.removeItem(atPath: directory) }
        }
        let first = try key(directories[0])
        #expect(first.count == 16 && first != [UInt8](repeating: 0, count: 16))
        #expect(try key(directories[0]) == first)
        #expect(try key(directories[1]) != first)
        let file = directories[0] + "/state/" + CallKey.name
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Damaged or gone: another one is drawn, and kept from then on.
        try Data([1, 2, 3]).write(to: URL(filePath: file))
        let next = try key(directories[0])
        #expect(next != first)
        #expect(try key(directories[0]) == next)
    }

    @Test func `telemetry that passes through needs no key`() throws {
        var settings = Configuration.Semantics()
        settings.mode = .passthrough
        let directory = "/tmp/causeway-call-key-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let spool = try Spool(directory: directory, options: SpoolOptions()) {}
        defer { spool.close() }
        #expect(UnderstandingOptions(settings, spool: spool) == nil)
        #expect(spool.checkpoint(CallKey.name) == nil)
    }
}
