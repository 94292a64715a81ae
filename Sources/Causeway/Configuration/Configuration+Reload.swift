// What a running bridge can take over from a new configuration, and what it cannot.
extension Configuration {
    /// The keys that differ and take effect only at the next start, in the order of the schema.
    ///
    /// Destinations are never among them: they come, go and change while the bridge runs.
    public static func changesNeedingRestart(from old: Configuration, to new: Configuration) -> [String] {
        restartValues.filter { $0.value.differs(old, new) }.map(\.key)
    }

    /// What is in force after a reload: the new values, except where only a restart changes them.
    public func reloaded(with new: Configuration) -> Configuration {
        var effective = new
        effective.identity = identity
        for (_, value) in Self.restartValues { value.copy(self, &effective) }
        return effective
    }

    private static var restartValues: [(key: String, value: ConfigurationEntry<Configuration>.Value)] {
        values(of: ConfigurationSchema.top, at: "").filter { $0.value.reload == .restart }
    }

    private static func values(
        of entries: [ConfigurationEntry<Configuration>],
        at path: String
    ) -> [(key: String, value: ConfigurationEntry<Configuration>.Value)] {
        entries.flatMap { entry -> [(key: String, value: ConfigurationEntry<Configuration>.Value)] in
            let key = path.isEmpty ? entry.name : "\(path).\(entry.name)"
            switch entry.content {
            case .section(let inner): return values(of: inner, at: key)
            case .value(let value): return [(key, value)]
            case .headers, .named, .list, .items, .tokens, .later: return []
            }
        }
    }
}
