import CausewayPlatform
import Glibc

/// Where libFuzzer comes in: `FUZZ_TARGET` says who reads the bytes. Whoever breaks a promise, or crashes, ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.read([UInt8](UnsafeBufferPointer(start: data, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// Writes what the target is to begin with into the folder `FUZZ_SEEDS`.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(_: UnsafeMutablePointer<CInt>?, _: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>?) -> CInt {
    guard let folder = getenv("FUZZ_SEEDS").map({ String(cString: $0) }) else { return 0 }
    do {
        for (index, seed) in try target.seeds().enumerated() {
            let file = try RealDisk().open("\(folder)/seed-\(index)", .readWrite)
            try file.truncate(to: 0)
            try file.writeAll([seed], at: 0)
        }
    } catch {
        fatalError("\(error)")
    }
    return 0
}

private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = fuzzTargets.first(where: { $0.name == name }) else {
        fatalError("FUZZ_TARGET is one of \(fuzzTargets.map(\.name).joined(separator: ", "))")
    }
    return target
}()
