import Testing

@testable import CausewayExporters

struct MutedSignalsTests {
    @Test func `a refusal is about one path only where another signal was taken`() {
        var muted = MutedSignals()
        #expect(!muted.takesOthers(than: 1))
        _ = muted.took(1)
        #expect(!muted.takesOthers(than: 1))
        #expect(muted.takesOthers(than: 2))
    }

    @Test func `a muted signal is quiet until its time, muted until it is taken, and told once`() {
        var muted = MutedSignals()
        let isNew = [muted.mute(2, until: 100), muted.mute(2, until: 200)]
        #expect(isNew == [true, false])
        #expect(muted.isQuiet(2, 199))
        #expect(muted.quiet(199) == [2])
        #expect(!muted.isQuiet(2, 200))
        #expect(muted.quiet(200).isEmpty)
        #expect(muted.all == [2])
        let wasMuted = [muted.took(2), muted.took(2)]
        #expect(wasMuted == [true, false])
        #expect(muted.all.isEmpty)
    }
}
