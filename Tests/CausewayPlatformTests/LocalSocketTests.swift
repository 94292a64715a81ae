import CausewayPlatform
import Foundation
import Synchronization
import Testing

struct LocalSocketTests {
    /// A directory of its own, gone at the end.
    private func withDirectory(_ name: String = "d", _ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "local-socket-\(UUID().uuidString)")
        let path = directory.appending(path: name)
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(path.path)
    }

    private func ask(_ text: String, _ directory: String) throws -> String? {
        try LocalSocket.ask([UInt8](text.utf8), directory: directory, name: "control").map { String(decoding: $0, as: UTF8.self) }
    }

    private func echo(_ directory: String) throws -> LocalSocket {
        try LocalSocket(directory: directory, name: "control") { [UInt8]("heard ".utf8) + $0 }
    }

    @Test func `a line is answered with a line, one after the other, until it is stopped`() throws {
        try withDirectory { directory in
            #expect(try ask("nobody", directory) == nil)
            let socket = try echo(directory)
            for number in 0..<20 { #expect(try ask("line \(number)", directory) == "heard line \(number)") }
            let long = String(repeating: "x", count: 300_000)
            #expect(try ask(long, directory) == "heard " + long)
            socket.stop()
            #expect(try ask("gone", directory) == nil)
        }
    }

    @Test func `the socket is its user's alone`() throws {
        try withDirectory { directory in
            let socket = try echo(directory)
            let mode = try FileManager.default.attributesOfItem(atPath: directory + "/control")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            socket.stop()
        }
    }

    @Test func `a socket that somebody has left is replaced, and nothing else is`() throws {
        try withDirectory { directory in
            try echo(directory).stop()
            let socket = try echo(directory)
            #expect(try ask("again", directory) == "heard again")
            socket.stop()
        }
        try withDirectory { directory in
            try Data("precious".utf8).write(to: URL(filePath: directory + "/control"))
            #expect(throws: SystemError.self) { try echo(directory) }
            #expect(try String(contentsOfFile: directory + "/control", encoding: .utf8) == "precious")
        }
    }

    @Test func `a path longer than a socket's address is no hindrance`() throws {
        try withDirectory(String(repeating: "long/", count: 40)) { directory in
            let socket = try echo(directory)
            #expect(try ask("far", directory) == "heard far")
            socket.stop()
        }
    }

    @Test func `who connects and leaves does not disturb the next`() throws {
        try withDirectory { directory in
            let socket = try echo(directory)
            for _ in 0..<3 {
                let stream = socketStream(directory + "/control")
                close(stream)
            }
            #expect(try ask("still there", directory) == "heard still there")
            socket.stop()
        }
    }

    private func socketStream(_ path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(100)) }
        _ = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return descriptor
    }
}
