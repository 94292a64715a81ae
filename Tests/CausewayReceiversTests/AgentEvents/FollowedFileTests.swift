import CausewayPlatform
import Foundation
import Testing

@testable import CausewayReceivers

/// A file that somebody adds lines to, and renames, and cuts off.
final class FollowedFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "follow-\(UUID().uuidString)")
    private var path: String { directory.appending(path: "events.jsonl").path }

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func write(_ text: String, to path: String? = nil) throws {
        let path = path ?? self.path
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func rotate(to name: String = "events.jsonl.1") throws {
        try FileManager.default.moveItem(atPath: path, toPath: directory.appending(path: name).path)
    }

    /// Everything there is now.
    private func read(_ file: FollowedFile) throws -> [String] {
        var found: [String] = []
        while let piece = try file.next() {
            found += piece.lines.map { String(decoding: $0.bytes, as: UTF8.self) }
            file.keep(piece)
        }
        return found
    }

    private func follow(from position: FollowPosition? = nil) -> FollowedFile {
        FollowedFile(path: path, lineLimit: 1000, position: position)
    }

    @Test func `lines are handed out once, as they are added`() throws {
        let file = follow()
        #expect(try read(file) == [])
        try write("{1}\n{2}\n{3")
        #expect(try read(file) == ["{1}", "{2}"])
        #expect(try read(file) == [])
        try write("}\n")
        #expect(try read(file) == ["{3}"])
    }

    @Test func `whoever goes on where a position says reads the rest`() throws {
        try write("{1}\n{2}\n{3")
        let file = follow()
        _ = try read(file)
        try write("}\n{4}\n")
        let payload = try #require(file.position).payload
        let later = follow(from: FollowPosition(payload: payload))
        #expect(later.position == file.position)
        let piece = try #require(try later.next())
        #expect(piece.lines.map(\.number) == [3, 4])
    }

    @Test func `what could not be kept is read again`() throws {
        try write("{1}\n")
        let file = follow()
        _ = try file.next()
        file.rewind()
        #expect(try read(file) == ["{1}"])
    }

    @Test func `rotation loses nothing, neither what came before it nor what comes after`() throws {
        let file = follow()
        try write("{1}\n")
        #expect(try read(file) == ["{1}"])
        try write("{2}\n{3}")
        try rotate()
        try write("{4}\n")
        #expect(try read(file) == ["{2}", "{3}", "{4}"])
        try write("{5}\n", to: directory.appending(path: "events.jsonl.1").path)
        try write("{6}\n")
        #expect(try read(file) == ["{6}"])
    }

    @Test func `a file that was renamed while nobody looked is found beside its old name`() throws {
        let file = follow()
        try write("{1}\n")
        _ = try read(file)
        try write("{2}\n")
        try rotate()
        try write("{3}\n")
        #expect(try read(follow(from: file.position)) == ["{2}", "{3}"])
    }

    @Test func `a file that was renamed twice while nobody looked is read in order`() throws {
        let file = follow()
        try write("{1}\n")
        _ = try read(file)
        try rotate(to: "events.jsonl.1")
        Thread.sleep(forTimeInterval: 0.02)
        try write("{2}\n")
        try rotate(to: "events.jsonl.2")
        Thread.sleep(forTimeInterval: 0.02)
        try write("{3}\n")
        #expect(try read(follow(from: file.position)) == ["{2}", "{3}"])
    }

    @Test func `a file that was cut off and then renamed while nobody looked is found, too`() throws {
        let file = follow()
        try write("{1}\n{2}\n")
        _ = try read(file)
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
        try write("{3}\n")
        try rotate()
        try write("{4}\n")
        #expect(try read(follow(from: file.position)) == ["{3}", "{4}"])
    }

    @Test func `a file that is cut off begins anew, also when it has grown beyond`() throws {
        let file = follow()
        try write("{1}\n{2}\n")
        _ = try read(file)
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
        try write("{3}\n")
        #expect(try read(file) == ["{3}"])
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
        try write("{other, and longer}\n{4}\n")
        #expect(try read(file) == ["{other, and longer}", "{4}"])
    }

    @Test func `a position of another form is none`() {
        #expect(FollowPosition(payload: Array("2 1 2 3".utf8)) == nil)
        #expect(FollowPosition(payload: []) == nil)
    }
}
