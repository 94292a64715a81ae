internal import CausewayPlatform
internal import CausewaySpool

/// Which spool a command is about, and the keys to read it with.
package struct SpoolSource: Sendable {
    package let directory: String
    let keys: SpoolKeys

    /// `keyFiles` come before what the configuration says: the first of them is the key for what is written.
    package init(_ spool: Configuration.Spool, keyFiles: [String] = []) throws(CausewayError) {
        let configured = try SpoolKeys(spool.encryption)
        let given = try Self.read(keyFiles)
        directory = spool.directory
        keys = SpoolKeys(current: given.first ?? configured.current, others: given + configured.all)
    }

    package init(directory: String, keyFiles: [String] = []) throws(CausewayError) {
        let given = try Self.read(keyFiles)
        self.directory = directory
        keys = SpoolKeys(current: given.first, others: given)
    }

    private static func read(_ files: [String]) throws(CausewayError) -> [SpoolKey] {
        var keys: [SpoolKey] = []
        for file in files { keys.append(try SpoolKey(file: file)) }
        return keys
    }
}

extension SpoolKeys {
    /// Reads the key's file as well; what the configuration's check has found right may have changed since.
    init(_ encryption: Configuration.Spool.Encryption) throws(CausewayError) {
        var current = encryption.key.flatMap { SpoolKey(text: [UInt8]($0.revealed().utf8)) }
        if let file = encryption.keyFile { current = try SpoolKey(file: file) }
        self.init(current: current, others: Configuration.Spool.Encryption.keys(in: encryption.previousKeys?.revealed() ?? ""))
    }
}

extension SpoolKey {
    /// More than enough for a key, and too little for a mistaken file to matter.
    private static let fileLimit = 4096

    static let remedy = "a key is 32 bytes as 64 hexadecimal digits or Base64: openssl rand -hex 32"

    init(file: String) throws(CausewayError) {
        let text: [UInt8]
        do throws(DiskError) {
            text = try Files.read(file, limit: Self.fileLimit)
        } catch {
            throw CausewayError(.unavailable, "\(error)", underlying: error)
        }
        guard let key = SpoolKey(text: text) else { throw CausewayError(.input, "\(file): no key in it; \(Self.remedy)") }
        self = key
    }
}

extension Configuration.Spool.Encryption {
    /// The keys in a text that has white space between them; what is none is left out, the check has said so.
    static func keys(in text: String) -> [SpoolKey] { words(in: text).compactMap { SpoolKey(text: [UInt8]($0.utf8)) } }

    static func words(in text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" || $0 == "\r\n" } }
}
