internal import CCauseway
internal import Glibc

/// What a process is born into: its environment variables, and where its files lie.
package enum ProcessSurroundings {
    /// The environment. Of a variable that is there twice the first counts, as `getenv` does it.
    package static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var index = 0
        while let entry = unsafe causeway_environment_entry(Int32(index)) {
            let text = unsafe String(cString: entry)
            index += 1
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = String(text[..<equals])
            if variables[name] == nil { variables[name] = String(text[text.index(after: equals)...]) }
        }
        return variables
    }

    /// The machine's boot as 16 bytes; empty when it cannot be told.
    package static func bootID() -> [UInt8] {
        let text = (try? Files.read("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
        let digits = text.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 32 else { return [] }
        return (0..<16).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
    }

    /// Lets the process have as many open files as the system allows it; many start with a soft limit of 1024, which connections use up.
    package static func raiseOpenFileLimit() { causeway_raise_open_files() }

    /// Whether what is written under `path` lies in memory (tmpfs, ramfs) and so is gone with the machine.
    ///
    /// Of a path that does not exist yet the nearest directory that does is asked.
    package static func isInMemory(_ path: String) -> Bool {
        var path = path
        while true {
            switch unsafe causeway_is_in_memory(path.isEmpty ? "." : path) {
            case 0: return false
            case 1: return true
            default:
                if path.isEmpty || path == "/" { return false }
                let parent = path.lastIndex(of: "/").map { String(path[..<$0]) }
                path = parent.map { $0.isEmpty ? "/" : $0 } ?? ""
            }
        }
    }
}
