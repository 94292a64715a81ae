internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySemantics
internal import CausewaySpool

/// A destination's way through the log on which metrics come in the temporality that it wants: everything else comes as it is.
///
/// What a destination is told of a counter is a sum over the frames that went before, so each frame of metrics is put through the
/// conversion once, in the order of the log, and what came of it is kept until the frame has an outcome: sent again, it is the same bytes.
/// A restart reads what was known when a segment was last closed, and puts through once more what is behind it; where some of that is gone
/// everything begins anew, with new start times. Used from one thread.
final class MetricReader: FrameReader {
    private let reader: LogReader
    private let states: MetricStates
    private let clock: any Clock
    private var demand: MetricDemand
    private var conversion: MetricConversion?
    /// The last frame that went through the conversion.
    private var converted: UInt64 = 0
    /// What came of frames without an outcome, and how many of their items have none.
    private var waiting: [UInt64: (payload: [UInt8], items: Int)] = [:]
    private var sealsSeen: Int

    /// More frames than this nobody has on the way: those that were given up for want of room are forgotten.
    private static let maxWaiting = 4096

    init(_ reader: LogReader, _ states: MetricStates, clock: any Clock) throws(SpoolError) {
        self.reader = reader
        self.states = states
        self.clock = clock
        sealsSeen = states.sealCount
        demand = states.demand(of: reader.name)
        try begin(isStart: true)
    }

    var name: String { reader.name }

    func backlog() -> Backlog {
        // Also when there is nothing to read: what is known is kept all the same, or a full spool would hold it for ever.
        keep()
        return reader.backlog()
    }

    func read(maxBytes: Int, from place: ReadPlace) throws(SpoolError) -> [StoredFrame] {
        let now = states.demand(of: name)
        if now != demand {
            let isOther = now.temporality != demand.temporality || now.isForEverything != demand.isForEverything
            demand = now
            if isOther { try begin(isStart: false) }
        }
        var frames = try reader.read(maxBytes: maxBytes, from: place)
        guard conversion != nil else { return frames }
        for index in frames.indices where frames[index].signal == Signal.metrics.rawValue {
            frames[index].payload = payload(of: frames[index])
        }
        keep()
        return frames
    }

    func giveBack(_ frames: [StoredFrame]) { reader.giveBack(frames) }

    func record(_ outcome: Outcome, of items: [ItemRange]) throws(SpoolError) {
        try reader.record(outcome, of: items)
        for range in items {
            guard var frame = waiting[range.sequence] else { continue }
            frame.items -= range.count
            waiting[range.sequence] = frame.items > 0 ? frame : nil
        }
    }

    func setAside(_ items: [QuarantineDraft], done: @escaping @Sendable (Result<Bool, SpoolError>) -> Void) {
        reader.setAside(items, done: done)
    }

    // MARK: Conversion

    private func payload(of frame: StoredFrame) -> [UInt8] {
        let items = frame.pending.reduce(0) { $0 + $1.count }
        if let known = waiting[frame.sequence] {
            waiting[frame.sequence]?.items = items
            return known.payload
        }
        // One that went through and has its outcome comes no more.
        guard frame.sequence > converted, conversion != nil else { return frame.payload }
        let payload = conversion!.converted(frame.payload, tenant: frame.tenant)
        converted = frame.sequence
        waiting[frame.sequence] = (payload, items)
        if waiting.count > Self.maxWaiting, let oldest = waiting.keys.min() { waiting[oldest] = nil }
        return payload
    }

    /// Begins to convert, or ends it.
    private func begin(isStart: Bool) throws(SpoolError) {
        waiting = [:]
        guard demand.needsHistory, let target = demand.temporality else {
            conversion = nil
            states.forget(name)
            return
        }
        let passed = reader.passed
        let end = passed.ranges.last?.upperBound ?? passed.prefix
        var fresh = MetricConversion(to: target, everything: demand.isForEverything)
        guard isStart, let known = states.load(name, fresh) else {
            // Points of one series do not overlap: what comes next begins behind what was told. Of counts since a beginning it is not known
            // how much of them was told; of a destination that was told nothing, all is new.
            if target == .delta, end > 0 { fresh.reset(at: clock.wallNanoseconds()) }
            (conversion, converted) = (fresh, max(end, converted))
            // With no room for it now it is kept when there is: a destination does not wait for that.
            do throws(SpoolError) {
                try states.save(snapshot(), of: name)
            } catch {
                states.hand(snapshot(), of: name)
            }
            return
        }
        fresh.restore(known.conversion)
        converted = known.sequence
        conversion = fresh
        for (sequence, payload, items) in known.waiting where !passed.contains(sequence) { waiting[sequence] = (payload, items) }
        states.keep(known.sequence, of: name)
        let isComplete = try states.frames(after: known.sequence, upTo: end) { frame in
            guard frame.signal == Signal.metrics.rawValue else { return }
            _ = payload(of: frame)
            if passed.contains(frame.sequence) { waiting[frame.sequence] = nil }
        }
        if !isComplete {
            conversion!.reset(at: target == .delta ? clock.wallNanoseconds() : 0)
            waiting = [:]
        }
        converted = max(converted, end)
    }

    /// Hands over what is known, once a segment.
    private func keep() {
        let seals = states.sealCount
        guard conversion != nil, seals > sealsSeen else { return }
        sealsSeen = seals
        states.hand(snapshot(), of: name)
    }

    private func snapshot() -> MetricStates.Snapshot {
        MetricStates.Snapshot(
            // Where no metrics came nothing went through; what was read is known all the same.
            sequence: max(converted, reader.position),
            conversion: conversion ?? MetricConversion(to: .cumulative),
            waiting: waiting.map { ($0.key, $0.value.payload, $0.value.items) }
        )
    }
}
