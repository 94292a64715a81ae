import CausewayPlatform

/// Files below `Tests/Fixtures`, for targets to begin with. What is long makes a fuzzer slow and teaches it no more.
func fixtures(_ folders: String..., ending: String, atMost limit: Int = 16 << 10) throws -> [[UInt8]] {
    let root = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures/"
    let disk = RealDisk()
    var found: [[UInt8]] = []
    for folder in folders {
        for name in try disk.list(root + folder).sorted() where name.hasSuffix(ending) {
            let file = try disk.open(root + folder + "/" + name, .read)
            let length = try file.length()
            if length <= limit { found.append(try file.readAll(length, at: 0)) }
        }
    }
    return found
}
