internal import CCauseway

/// Memory for the structs of one encoding: taken in pieces, given back all at once.
@safe
struct Arena: ~Copyable {
    private var blocks = unsafe [UnsafeMutableRawPointer]()
    private var free: UnsafeMutableRawPointer?
    private var room = 0

    private static let blockSize = 16 << 10
    /// What malloc promises, and enough for every struct of protobuf-c.
    private static let alignment = 16

    init() {}

    deinit {
        unsafe blocks.forEach { unsafe $0.deallocate() }
    }

    /// Makes all memory free for the next encoding; one block stays.
    mutating func reset() {
        // The first block is at least this big; more of it is not worth remembering.
        guard let first = unsafe blocks.first else { return }
        unsafe blocks.dropFirst().forEach { unsafe $0.deallocate() }
        unsafe blocks = [first]
        unsafe free = first
        room = Self.blockSize
    }

    /// Memory that is not initialized.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let size = (count + Self.alignment - 1) & ~(Self.alignment - 1)
        if unsafe free == nil || size > room {
            let capacity = max(Self.blockSize, size)
            let block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: Self.alignment)
            unsafe blocks.append(block)
            unsafe free = block
            room = capacity
        }
        guard let start = unsafe free else { preconditionFailure("no memory") }
        unsafe free = start + size
        room -= size
        return unsafe start
    }
}
