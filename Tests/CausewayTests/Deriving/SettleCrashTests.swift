import Foundation
import Testing

/// Settling against a disk that forgets.
///
/// `CRASH_SEEDS=n` plays that many histories from `CRASH_FIRST_SEED` on.
struct SettleCrashTests {
    @Test func `no history of crashes changes what is said, or what counts`() {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["CRASH_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["CRASH_SEEDS"].flatMap { UInt64($0) } ?? 60
        let isTold = environment["CRASH_STORY"] != nil
        var (crashes, broken) = (0, 0)
        for seed in first..<first + count {
            var run = SettleCrashRun(seed: seed)
            do {
                try run.run()
            } catch {
                broken += 1
                Issue.record("seed \(seed): \(error)\(isTold ? "\n" + run.story.joined(separator: "\n") : "")")
                if broken == 10 { break }
            }
            crashes += run.crashes
        }
        print("settling: \(count) histories from seed \(first), \(crashes) crashes, \(broken) broken")
    }

    @Test(arguments: [true, false])
    func `a crash between any two operations of the disk changes nothing of that`(isKill: Bool) {
        for operation in 1...160 {
            var run = SettleCrashRun(seed: 7)
            do {
                try run.run(stoppingAt: operation, isKill: isKill)
            } catch {
                Issue.record("operation \(operation): \(error)")
            }
        }
    }
}
