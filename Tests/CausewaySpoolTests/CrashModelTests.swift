import Foundation
import TestSupport
import Testing

@testable import CausewaySpool

/// The promises of the log against a disk that forgets: nothing acknowledged is lost, nothing is there that was not written, a group is
/// whole or absent, a reader repeats what its cursor had not yet saved and nothing else, and the books balance.
///
/// `CRASH_SEEDS=n` runs that many histories from `CRASH_FIRST_SEED` on.
struct CrashModelTests {
    @Test func `no history of crashes and faults breaks a promise`() {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["CRASH_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["CRASH_SEEDS"].flatMap { UInt64($0) } ?? 40
        let isTold = environment["CRASH_STORY"] != nil
        var crashes = 0
        var rewritten = 0
        var broken = 0
        for seed in first..<first + count {
            var run = CrashRun(seed: seed)
            do {
                try run.run()
            } catch {
                broken += 1
                Issue.record("seed \(seed): \(error)\(isTold ? "\n" + run.story.joined(separator: "\n") : "")")
                if broken == 10 { break }
            }
            crashes += run.crashes
            rewritten += run.rewritten
        }
        print(
            "crash model: \(count) histories from seed \(first), \(crashes) crashes, \(rewritten) segments written anew, \(broken) broken"
        )
    }
}
