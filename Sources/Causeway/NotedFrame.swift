internal import CausewayModel
internal import CausewaySemantics
internal import CausewaySpool

/// A stored frame with what settling says of its items, as far as a destination is concerned.
struct NotedFrame {
    /// With the notes laid over it.
    let payload: [UInt8]
    /// By ordinal, ascending: what is to become of items that are not sent as they are there.
    let marked: [(item: Int, note: ItemNote)]

    /// Late notes are left out: the same frame is the same whenever it is read.
    init(_ frame: StoredFrame, _ signal: Signal) {
        var noted: [NotedItem] = []
        var marked: [(item: Int, note: ItemNote)] = []
        for note in frame.notes where !note.isLate {
            let one = NotedItem(item: note.item, note: ItemNote(note.payload))
            noted.append(one)
            if !one.note.marks.isEmpty || one.note.sampling != nil { marked.append((one.item, one.note)) }
        }
        payload = applying(noted, to: frame.payload, signal: signal)
        self.marked = marked.sorted { $0.item < $1.item }
    }
}
