internal import Synchronization

/// A cursor that its reader moves and the keeper saves.
final class SharedCursor: Sendable {
    private let state: Mutex<(cursor: Cursor, isDirty: Bool)>
    private let becameDirty: @Sendable () -> Void
    /// Held while it is saved: an older cursor must not be saved over a newer one.
    let saving = Mutex<Void>(())

    init(_ cursor: Cursor, becameDirty: @escaping @Sendable () -> Void) {
        state = Mutex((cursor, false))
        self.becameDirty = becameDirty
    }

    func with<Result: Sendable>(_ body: (Cursor) -> Result) -> Result { state.withLock { body($0.cursor) } }

    var rangeCount: Int { state.withLock { $0.cursor.passed.ranges.count + $0.cursor.partial.count } }

    @discardableResult
    func update<Result: Sendable>(_ body: (inout Cursor) -> Result) -> Result {
        let (result, isFirst) = state.withLock { state in
            defer { state.isDirty = true }
            return (body(&state.cursor), !state.isDirty)
        }
        if isFirst { becameDirty() }
        return result
    }

    /// The cursor if it has moved since the last call.
    func takeDirty() -> Cursor? {
        state.withLock { state in
            guard state.isDirty else { return nil }
            state.isDirty = false
            return state.cursor
        }
    }

    /// A save failed: try again.
    func markDirty() {
        state.withLock { $0.isDirty = true }
        becameDirty()
    }
}
