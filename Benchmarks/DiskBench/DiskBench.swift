import CausewayPlatform
import CausewaySpool
import Glibc
import Synchronization

/// Measures the log by itself, on a real disk; `disk_bench.py` calls it and says what the numbers mean. Prints one line of JSON.
///
///     DiskBench append DIRECTORY WRITERS FRAME-BYTES SECONDS
///     DiskBench backlog DIRECTORY GIGABYTES           (sparse: frames of zeros, which take no room on the disk)
///     DiskBench open DIRECTORY
///     DiskBench drain DIRECTORY GIGABYTES
@main
struct DiskBench {
    static func main() throws {
        let words = CommandLine.arguments
        switch (words.dropFirst().first, words.count) {
        case ("append", 6): try append(words[2], writers: Int(words[3])!, bytes: Int(words[4])!, seconds: Double(words[5])!)
        case ("backlog", 4): try backlog(words[2], gigabytes: Int(words[3])!)
        case ("open", 3): try open(words[2])
        case ("drain", 4): try drain(words[2], gigabytes: Int(words[3])!)
        default: fatalError("usage: see DiskBench.swift")
        }
    }

    private static func options() -> SpoolOptions {
        var options = SpoolOptions()
        options.maxBytes = 1 << 40
        return options
    }

    private static func frame(_ payload: [UInt8]) -> FrameDraft {
        FrameDraft(kind: .otlp, signal: 1, items: 1, receivedNanoseconds: SystemClock().wallNanoseconds(), payload: payload)
    }

    /// Writers that each wait until their frame is on stable storage before they hand in the next.
    private static func append(_ directory: String, writers: Int, bytes: Int, seconds: Double) throws {
        let spool = try Spool(directory: directory, options: options()) {}
        let clock = SystemClock()
        let end = clock.bootNanoseconds() + UInt64(seconds * 1e9)
        let all = Mutex<[UInt64]>([])
        let threads = (0..<writers).map { writer in
            WorkThread(name: "writer-\(writer)") {
                var latencies: [UInt64] = []
                let payload = noise(bytes, seed: UInt64(writer))
                var now = clock.bootNanoseconds()
                while now < end {
                    do throws(SpoolError) {
                        try spool.appendAndWait([frame(payload)])
                    } catch {
                        fatalError("\(error)")
                    }
                    let done = clock.bootNanoseconds()
                    latencies.append(done - now)
                    now = done
                }
                all.withLock { $0 += latencies }
            }
        }
        let began = clock.bootNanoseconds()
        for thread in threads { thread.join() }
        let took = Double(clock.bootNanoseconds() - began) / 1e9
        spool.close()
        let latencies = all.withLock { $0.sorted() }
        say([
            ("frames_per_second", Double(latencies.count) / took), ("mb_per_second", Double(latencies.count * bytes) / took / 1e6),
            ("p50_ms", Double(latencies[latencies.count / 2]) / 1e6), ("p99_ms", Double(latencies[latencies.count * 99 / 100]) / 1e6),
        ])
    }

    /// A log that the log itself has written, with a reader that has had none of it.
    private static func backlog(_ directory: String, gigabytes: Int) throws {
        let spool = try Spool(directory: directory, options: options(), disk: SparseDisk()) {}
        _ = try spool.reader("backend", start: .oldest)
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        for _ in 0..<gigabytes << 30 / zeros.count { try spool.appendAndWait([frame(zeros)]) }
        spool.close()
        say([("segments", Double(try RealDisk().list(directory + "/log").count))])
    }

    /// Until frames can be appended and read.
    private static func open(_ directory: String) throws {
        let clock = SystemClock()
        let began = clock.bootNanoseconds()
        let spool = try Spool(directory: directory, options: options()) {}
        let reader = try spool.reader("backend", start: .oldest)
        try spool.appendAndWait([frame([1])])
        let ready = clock.bootNanoseconds()
        _ = try reader.read(maxBytes: 1)
        let first = clock.bootNanoseconds()
        let backlog = reader.backlog().bytes
        spool.close()
        say([
            ("ready_ms", Double(ready - began) / 1e6), ("first_frame_ms", Double(first - ready) / 1e6),
            ("backlog_gb", Double(backlog) / 1e9), ("peak_mib", peakMebibytes()),
        ])
    }

    /// A reader takes all there is, as quickly as it comes, while nothing else happens.
    private static func drain(_ directory: String, gigabytes: Int) throws {
        let spool = try Spool(directory: directory, options: options()) {}
        let reader = try spool.reader("backend", start: .oldest)
        let payload = noise(400 << 10, seed: 1)
        // Sixteen at a time: filling is not what is measured.
        for _ in 0..<gigabytes << 30 / payload.count / 16 {
            let left = Atomic(16)
            for _ in 0..<16 { spool.append([frame(payload)]) { _ in left.subtract(1, ordering: .relaxed) } }
            while left.load(ordering: .relaxed) > 0 { pause(.microseconds(200)) }
        }
        let clock = SystemClock()
        let before = residentMebibytes()
        var resident: [Double] = []
        var bytes = 0
        let began = clock.bootNanoseconds()
        while true {
            let frames = try reader.read(maxBytes: 1 << 20)
            if frames.isEmpty { break }
            for frame in frames {
                bytes += frame.payload.count
                try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: frame.items)])
            }
            if bytes >> 28 > resident.count { resident.append(residentMebibytes()) }
        }
        let took = Double(clock.bootNanoseconds() - began) / 1e9
        spool.close()
        say([
            ("gb", Double(bytes) / 1e9), ("mb_per_second", Double(bytes) / took / 1e6), ("mib_before", before),
            ("mib_least", resident.min() ?? 0), ("mib_most", resident.max() ?? 0),
        ])
    }

    /// Bytes that do not compress.
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    private static func residentMebibytes() -> Double { status("VmRSS:") }
    private static func peakMebibytes() -> Double { status("VmHWM:") }

    private static func status(_ field: String) -> Double {
        guard let file = try? RealDisk().open("/proc/self/status", .read), let bytes = try? file.readAll(8192, at: 0) else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(field) }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }

    private static func say(_ figures: [(String, Double)]) {
        print("{" + figures.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
    }
}
