/// Traces in the order in which they were last heard of, linked through themselves.
struct TraceOrder {
    private(set) var newest: Int32 = -1
    private(set) var oldest: Int32 = -1

    mutating func add(_ slot: Int, _ traces: inout [SettleTrace]) {
        traces[slot].older = newest
        traces[slot].newer = -1
        if newest >= 0 { traces[Int(newest)].newer = Int32(slot) } else { oldest = Int32(slot) }
        newest = Int32(slot)
    }

    mutating func remove(_ slot: Int, _ traces: inout [SettleTrace]) {
        let (newer, older) = (traces[slot].newer, traces[slot].older)
        if newer >= 0 {
            traces[Int(newer)].older = older
        } else if newest == Int32(slot) {
            newest = older
        }
        if older >= 0 {
            traces[Int(older)].newer = newer
        } else if oldest == Int32(slot) {
            oldest = newer
        }
        (traces[slot].newer, traces[slot].older) = (-1, -1)
    }
}

/// Traces by the time at which somebody wants to look at them; all wait equally long, so the first in is the first out.
struct TimerQueue {
    struct Timer {
        var due: UInt64
        var slot: Int32
        var generation: UInt32
    }

    private var timers: [Timer] = []
    private var head = 0

    var count: Int { timers.count - head }
    var first: Timer? { head < timers.count ? timers[head] : nil }

    mutating func add(_ due: UInt64, _ slot: Int32, _ generation: UInt32) {
        timers.append(Timer(due: due, slot: slot, generation: generation))
    }

    mutating func removeFirst() {
        head += 1
        if head > 4096, head * 2 > timers.count {
            timers.removeFirst(head)
            head = 0
        }
    }
}
