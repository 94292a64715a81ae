// What a running bridge can take over from a new configuration, and what it cannot.
extension Configuration {
    /// The keys that differ and take effect only at the next start, in the order of the schema.
    ///
    /// Destinations are never among them: they come, go and change while the bridge runs.
    public static func changesNeedingRestart(from old: Configuration, to new: Configuration) -> [String] {
        var keys: [String] = []
        collect(ConfigurationSchema.top, at: "", old, new, into: &keys)
        return keys
    }

    private static func collect<Root>(
        _ entries: [ConfigurationEntry<Root>],
        at path: String,
        _ old: Root,
        _ new: Root,
        into keys: inout [String]
    ) {
        for entry in entries {
            let key = path.isEmpty ? entry.name : "\(path).\(entry.name)"
            switch entry.content {
            case .section(let inner): collect(inner, at: key, old, new, into: &keys)
            case .value(let value): if value.reload == .restart && value.differs(old, new) { keys.append(key) }
            case .headers, .later: continue
            }
        }
    }
}
