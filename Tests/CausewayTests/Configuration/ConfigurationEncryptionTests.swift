import Testing

@testable import Causeway

struct ConfigurationEncryptionTests {
    private static let hexadecimal = String(repeating: "0f", count: 32)
    private static let base64 = "Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8="

    private func encryption(_ content: String, files: [String: String] = [:]) -> LoadedConfiguration {
        load("spool: { encryption: { \(content) } }\n" + anyDestination, files: files)
    }

    @Test(arguments: [hexadecimal, base64])
    func `a key is hexadecimal digits or Base64, and is not printed`(text: String) {
        let loaded = encryption("key: \"\(text)\"")
        #expect(loaded.errors == [])
        #expect(loaded.configuration.spool.encryption.key == Secret(text))
        let printed = loaded.printed
        #expect(printed.contains("***") && !printed.contains(text))
    }

    @Test func `what is not a key is an error that does not show it`() {
        let loaded = encryption("key: \"sesame open\"")
        #expect(loaded.errors.count == 1 && loaded.errors[0].hasPrefix("c.yaml:1: spool.encryption.key: not a key; a key is 32 bytes"))
        #expect(!loaded.errors[0].contains("sesame"))
    }

    @Test func `a key file is looked into`() {
        #expect(encryption("key_file: /key", files: ["/key": Self.hexadecimal + "\n"]).errors == [])
        #expect(
            encryption("key_file: /key", files: ["/key": "sesame"]).errors[0].hasPrefix(
                "c.yaml:1: spool.encryption.key_file: no key in /key"
            )
        )
        #expect(encryption("key_file: /none").errors[0].contains("/none cannot be read"))
    }

    @Test func `a key is given once`() {
        let loaded = encryption("key: \"\(Self.hexadecimal)\", key_file: /key", files: ["/key": Self.hexadecimal])
        #expect(
            loaded.errors == [
                "c.yaml:1: spool.encryption.key_file: key is given as well; write one of them; old keys go to previous_keys"
            ]
        )
    }

    @Test func `previous keys are several, and each is checked`() {
        #expect(encryption("key: \"\(Self.hexadecimal)\", previous_keys: \"\(Self.base64) \(Self.hexadecimal)\"").errors == [])
        let wrong = encryption("key: \"\(Self.hexadecimal)\", previous_keys: \"\(Self.base64) x\"").errors
        #expect(wrong.count == 1 && wrong[0].contains("number 2 is not a key"))
    }

    @Test func `previous keys without a key are a warning: what comes is stored in the clear`() {
        let loaded = encryption("previous_keys: \"\(Self.base64)\"")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.contains { $0.contains("spool.encryption: no key, only previous ones") })
    }

    @Test func `content is shed only when the configuration says so`() {
        #expect(load("spool: { when_full: shed_content }\n" + anyDestination).configuration.spool.whenFull == .shedContent)
        #expect(load(anyDestination).configuration.spool.whenFull == .refuse)
    }

    @Test func `a new key takes effect at the next start`() {
        var changed = Configuration()
        changed.spool.encryption.keyFile = "/key"
        #expect(Configuration.changesNeedingRestart(from: Configuration(), to: changed) == ["spool.encryption.key_file"])
    }
}
