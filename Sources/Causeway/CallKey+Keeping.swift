internal import CausewaySemantics
internal import CausewaySpool

extension CallKey {
    /// The key of this data directory, so that a call which is tried again after a restart is known again: drawn at the first start and
    /// kept among the checkpoints, sealed where the log is.
    ///
    /// One that cannot be kept serves until the process ends.
    static func kept(in spool: Spool) -> CallKey {
        if let kept = spool.checkpoint(name), kept.version == version,
            let key = CallKey(bytes: kept.payload)
        {
            return key
        }
        let key = CallKey.random()
        try? spool.save(Checkpoint(version: version, sequence: 0, payload: key.bytes), as: name)
        return key
    }

    static let name = "call-key"
    private static let version: UInt64 = 1
}
