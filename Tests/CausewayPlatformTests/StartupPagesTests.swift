import CausewayPlatform
import Testing

struct StartupPagesTests {
    @Test func `letting go of program text makes the process smaller and leaves it running`() throws {
        let before = try residentText()
        StartupPages.release()
        #expect(try residentText() < before / 2)
    }

    /// Bytes of program text that are mapped in now.
    private func residentText() throws -> Int {
        let maps = String(decoding: try Files.read("/proc/self/smaps", limit: 64 << 20), as: UTF8.self)
        var isText = false
        var sum = 0
        for line in maps.split(separator: "\n") {
            if line.contains("-") && line.contains(" r") { isText = line.contains(" r-xp ") }
            if isText, line.hasPrefix("Rss:"), let size = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { sum += size }
        }
        return sum
    }
}
