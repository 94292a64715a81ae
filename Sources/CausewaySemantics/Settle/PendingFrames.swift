/// Frames that were read and are not settled as a whole, in the order of the log, with the notes on their items.
struct PendingFrames {
    struct Frame {
        var sequence: UInt64
        /// On the boot-time clock.
        var arrival: UInt64
        /// Items that are not decided.
        var left: Int
        /// Traces with undecided items in it: place and generation.
        var traces: [(slot: Int32, generation: UInt32)] = []
        var notes: [SettleNote] = []
    }

    private var frames: [Frame] = []
    /// Where the oldest is that is not taken.
    private var head = 0
    /// The frame that was asked for last.
    private var last = 0
    private(set) var memoryBytes = 0
    private(set) var noteBytes = 0

    private static let frameBytes = MemoryLayout<Frame>.stride + 64

    var isEmpty: Bool { head == frames.count }
    var count: Int { frames.count - head }

    /// The oldest.
    var first: Frame? { isEmpty ? nil : frames[head] }

    mutating func begin(_ sequence: UInt64, arrival: UInt64) {
        frames.append(Frame(sequence: sequence, arrival: arrival, left: 0))
        memoryBytes += Self.frameBytes
    }

    /// The newest one has an item of this trace that is to be decided. Items that nobody waits for are settled as they are.
    mutating func wait(for slot: Int32, _ generation: UInt32) {
        let place = frames.count - 1
        frames[place].left += 1
        if let known = frames[place].traces.last, known.slot == slot, known.generation == generation {
            return
        }
        frames[place].traces.append((slot, generation))
        memoryBytes += 8
    }

    /// So many items of a frame are decided.
    mutating func settle(_ items: Int, of sequence: UInt64) {
        guard let place = place(of: sequence) else { return }
        frames[place].left -= items
    }

    /// Keeps the note until its frame is settled; false where that is long past.
    mutating func add(_ note: SettleNote) -> Bool {
        guard let place = place(of: note.sequence) else { return false }
        frames[place].notes.append(note)
        noteBytes += note.memoryBytes
        return true
    }

    func isPending(_ sequence: UInt64) -> Bool { !isEmpty && sequence >= frames[head].sequence }

    /// Ones that wait since before that time, oldest first: those that begin the row.
    func expired(_ arrival: UInt64) -> Range<Int> {
        var end = head
        while end < frames.count, frames[end].arrival <= arrival { end += 1 }
        return head..<end
    }

    subscript(place: Int) -> Frame { frames[place] }

    /// Takes frames from the beginning that are settled, until their notes have so many bytes.
    mutating func takeSettled(maxBytes: Int) -> (through: UInt64, notes: [SettleNote])? {
        var notes: [SettleNote] = []
        var bytes = 0
        var through: UInt64?
        while head < frames.count, frames[head].left <= 0, bytes < maxBytes {
            let frame = frames[head]
            for note in frame.notes { bytes += note.memoryBytes }
            notes += frame.notes
            through = frame.sequence
            memoryBytes -= Self.frameBytes + frame.traces.count * 8
            frames[head].notes = []
            frames[head].traces = []
            head += 1
        }
        noteBytes -= bytes
        if head > 1024, head * 2 > frames.count {
            frames.removeFirst(head)
            (head, last) = (0, 0)
        }
        return through.map { ($0, notes) }
    }

    private mutating func place(of sequence: UInt64) -> Int? {
        if last >= head, last < frames.count, frames[last].sequence == sequence { return last }
        var (low, high) = (head, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        guard low < frames.count, frames[low].sequence == sequence else { return nil }
        last = low
        return low
    }
}

/// What settling says about one stored item, ready to be written.
package struct SettleNote: Equatable, Sendable {
    package var sequence: UInt64
    package var item: Int
    package var payload: [UInt8]

    package init(sequence: UInt64, item: Int, payload: [UInt8]) {
        self.sequence = sequence
        self.item = item
        self.payload = payload
    }

    var memoryBytes: Int { 48 + payload.count }
}
