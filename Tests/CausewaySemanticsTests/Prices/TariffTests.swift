import Testing

@testable import CausewaySemantics

/// What holds for one call holds for those that are like it, and for no others.
struct TariffTests {
    /// Every model of the fixtures, in every tier.
    private static let models: [(PriceBook, PriceMatch)] = PricedCall.all.compactMap { call in
        var question = ModelQuestion()
        (question.provider, question.requestModel, question.host) = (call.text("provider"), call.text("request"), call.text("host"))
        question.tenant = call.text("tenant")
        let book = PriceFixture.book(call.text("table"))
        return book.find(question).map { (book, $0) }
    }

    /// A generator of the same numbers in every run.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }

        mutating func usage() -> CallUsage {
            // On both sides of whatever threshold a table may have.
            var usage = CallUsage(
                input: Int64(pick([0, 1, 31_999, 32_000, 32_001, 128_000, 128_001, 199_999, 200_000, 200_001, 256_001, 272_001, 600_000])),
                output: Int64(pick([0, 1, 200, 5000]))
            )
            if roll(2) == 0 { usage.cacheRead = usage.input / 3 }
            if roll(3) == 0 { (usage.cacheWrite, usage.cacheWriteHour) = (usage.input / 5, usage.input / 10) }
            if roll(3) == 0 { usage.reasoning = usage.output / 2 }
            if roll(4) == 0 { (usage.audioInput, usage.imageInput) = (usage.input / 7, usage.input / 9) }
            if roll(4) == 0 { usage.webSearches = 2 }
            usage.nanoseconds = UInt64(roll(3)) * 700_000_000
            return usage
        }

        /// Around the hours at which prices change, on any day of some weeks.
        mutating func seconds() -> Int64 {
            1_763_596_800 + Int64(roll(30)) * 86_400 + Int64(pick([0, 1799, 1800, 16_199, 36_000, 59_399, 59_400, 86_399]))
        }
    }

    @Test(arguments: 1...8)
    func `what holds for a call is what would be found anew`(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        var (held, refused) = (0, 0)
        for (book, match) in Self.models {
            let tier = dice.pick(ServiceTier.allCases)
            var (first, time) = (dice.usage(), dice.seconds())
            var known = book.tariff(match, UnitCounts(first), tier: tier, input: first.input, seconds: time)
            for _ in 0..<40 {
                let (usage, seconds) = (dice.usage(), dice.seconds())
                let counts = UnitCounts(usage)
                let fresh = book.tariff(match, counts, tier: tier, input: usage.input, seconds: seconds)
                if known.holds(counts.present, tier, input: usage.input, seconds: seconds) {
                    held += 1
                    #expect(known.conditions == fresh.conditions && known.reason == fresh.reason)
                    #expect(known.rates.map(\.unit) == fresh.rates.map(\.unit) && known.rates.map(\.price) == fresh.rates.map(\.price))
                    #expect(known.rates.map(\.factor) == fresh.rates.map(\.factor))
                } else {
                    refused += 1
                }
                // Whatever it is made of, it holds for the very call it was made for.
                #expect(fresh.holds(counts.present, tier, input: usage.input, seconds: seconds))
                if dice.roll(6) == 0 { (first, time, known) = (usage, seconds, fresh) }
            }
        }
        #expect(held > 20 && refused > 300)
    }

    @Test func `the parts of a call are its totals`() {
        var dice = Dice(state: 7)
        let inputs: [PriceUnit] = [
            .input, .audioInput, .imageInput, .cacheRead, .audioCacheRead, .imageCacheRead, .cacheWrite, .cacheWriteHour,
        ]
        for _ in 0..<500 {
            let usage = dice.usage()
            guard usage.contradiction == nil else { continue }
            let counts = UnitCounts(usage)
            #expect(inputs.reduce(0) { $0 + counts[$1] } == usage.input)
            #expect([PriceUnit.output, .reasoning, .audioOutput, .imageOutput].reduce(0) { $0 + counts[$1] } == usage.output)
            #expect(counts.present.hasInput == (usage.input > 0) && counts.present.hasOutput == (usage.output > 0))
        }
    }
}
