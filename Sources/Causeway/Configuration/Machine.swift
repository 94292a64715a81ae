package import CausewayPlatform

/// What a configuration is read in and checked against: variables, files, names, interfaces. Handed in, so that a test can make one up.
package struct Machine: Sendable {
    package var environment: [String: String]
    /// The bytes of a small file, or the reason why not in a few words.
    package var readFile: @Sendable (_ path: String) -> Result<[UInt8], FileMistake>
    /// Numeric addresses of a name; empty when it has none.
    package var addresses: @Sendable (_ name: String) -> [String]
    /// Numeric addresses of this machine.
    package var ownAddresses: @Sendable () -> [String]
    /// Whether a path lies on a file system in memory.
    package var isInMemory: @Sendable (_ path: String) -> Bool

    /// By what a large file is known again.
    package var stampFile: @Sendable (_ path: String) -> Result<FileStamp, FileMistake>

    package struct FileMistake: Error {
        package var reason: String

        package init(reason: String) { self.reason = reason }
    }

    package init(
        environment: [String: String],
        readFile: @escaping @Sendable (_ path: String) -> Result<[UInt8], FileMistake>,
        addresses: @escaping @Sendable (_ name: String) -> [String],
        ownAddresses: @escaping @Sendable () -> [String],
        isInMemory: @escaping @Sendable (_ path: String) -> Bool,
        stampFile: @escaping @Sendable (_ path: String) -> Result<FileStamp, FileMistake> = { _ in
            .failure(FileMistake(reason: "No such file or directory"))
        }
    ) {
        self.environment = environment
        self.readFile = readFile
        self.addresses = addresses
        self.ownAddresses = ownAddresses
        self.isInMemory = isInMemory
        self.stampFile = stampFile
    }

    /// The machine this runs on, as it is now.
    package static func real() -> Machine {
        Machine(
            environment: ProcessSurroundings.environment(),
            readFile: { path in
                do throws(DiskError) {
                    return .success(try Files.read(path, limit: 1 << 20))
                } catch {
                    return .failure(FileMistake(reason: error.reason))
                }
            },
            addresses: { Hosts.addresses(of: $0) },
            ownAddresses: { Hosts.ownAddresses() },
            isInMemory: { ProcessSurroundings.isInMemory($0) },
            stampFile: { path in
                do throws(DiskError) {
                    return .success(try Files.stamp(path))
                } catch {
                    return .failure(FileMistake(reason: error.reason))
                }
            }
        )
    }
}
