import CausewayPlatform
import Testing

struct FilesTests {
    @Test func `a file is read whole`() throws {
        let text = String(decoding: try Files.read(#filePath, limit: 1 << 20), as: UTF8.self)
        #expect(text.hasPrefix("import CausewayPlatform\n"))
    }

    @Test func `a file beyond the limit is an error, not a prefix`() {
        #expect(throws: DiskError.self) { try Files.read(#filePath, limit: 10) }
        #expect(throws: DiskError.self) { try Files.read("/dev/zero", limit: 1 << 20) }
    }

    @Test func `a missing file is an error that says so`() {
        do {
            _ = try Files.read("/no/such/file", limit: 10)
            Issue.record("read what is not there")
        } catch {
            #expect(error.isMissing)
            #expect(error.description == "open /no/such/file: No such file or directory")
        }
    }
}
