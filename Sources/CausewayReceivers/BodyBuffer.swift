internal import CausewayPlatform
internal import NIOCore

/// A body on its way in: one buffer that grows with the bytes that really come, each growth charged to the budget.
struct BodyBuffer {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    /// What the sender said would come. It bounds the buffer; it does not make it.
    private let announced: Int?
    private let charge: BudgetCharge
    private var room = 0

    init(limit: Int, announced: Int?, charge: BudgetCharge) {
        self.limit = limit
        self.announced = announced
        self.charge = charge
    }

    enum Outcome {
        case taken
        /// More than `limit`, or than the whole budget.
        case overLimit
        /// More than the budget has left now.
        case noMemory
    }

    mutating func append(_ part: ByteBuffer) -> Outcome {
        let needed = bytes.count + part.readableBytes
        if needed > room {
            // While it grows, the buffer is there twice.
            let most = min(limit, charge.budget.limit - room)
            guard needed <= most else { return .overLimit }
            let larger = nextRoom(needed, most)
            guard charge.grow(by: larger) else { return .noMemory }
            bytes.reserveCapacity(larger)
            charge.shrink(by: room)
            room = larger
        }
        bytes.append(contentsOf: part.readableBytesView)
        return .taken
    }

    /// An announced body is given four times what has come, so that it is copied half as often as one of unknown length.
    private func nextRoom(_ needed: Int, _ most: Int) -> Int {
        let generous = needed * (announced == nil ? 2 : 4)
        return max(needed, min(generous, announced ?? most, most))
    }
}
