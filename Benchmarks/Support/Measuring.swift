// What all benchmarks measure with.

import Glibc

/// How long the process has kept the processor busy.
package func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// How often everything is measured at most: `BENCH_RUNS=1` for who counts instructions.
private let mostRuns = getenv("BENCH_RUNS").flatMap { Int(String(cString: $0)) } ?? .max

/// The shortest of the times that `body` keeps the processor busy, in seconds. What others do on the machine hardly matters so.
package func best(_ runs: Int = 15, _ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<min(runs, mostRuns) {
        let start = processorSeconds()
        body()
        best = min(best, processorSeconds() - start)
    }
    return best
}

/// The memory that the process holds at the moment.
package func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
}

/// One row of what is printed.
package func row(_ name: String, _ value: Double, _ unit: String) {
    let rounded = "\((value * 100).rounded() / 100)"
    let gap = String(repeating: " ", count: max(0, 60 - name.count) + max(0, 12 - rounded.count))
    print(name + gap + rounded, unit)
}
