import Foundation
import TestSupport
import Testing

/// The short form of `make fuzz`: the same mutants in every run. `FUZZ_MUTANTS=n` makes that many for each target.
struct SeededFuzzTests {
    private static let count = ProcessInfo.processInfo.environment["FUZZ_MUTANTS"].flatMap { Int($0) } ?? 100

    @Test(arguments: fuzzTargets.map(\.name))
    func `whoever reads bytes from disk or wire keeps what it promises, whatever they are`(name: String) throws {
        let target = try #require(fuzzTargets.first { $0.name == name })
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds { try target.read(seed) }
        var mutation = Mutation(dice: SeededRandom(seed: 1))
        for number in 1...Self.count {
            let mutant = mutation.mutant(of: seeds)
            do {
                try target.read(mutant)
            } catch {
                Issue.record("mutant \(number) of \(name): \(error)\n\(mutant)")
                return
            }
        }
    }
}
