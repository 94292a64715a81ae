internal import Glibc

/// An error of the operating system, by its number.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `errno`.
    package var code: Int32

    package init(code: Int32) { self.code = code }

    /// Somebody else listens at the address.
    package var isAddressInUse: Bool { code == EADDRINUSE }

    /// The machine does not have the address, or not even the family of addresses.
    package var isMissingAddress: Bool { code == EADDRNOTAVAIL || code == EAFNOSUPPORT }

    /// The system's own words.
    package var description: String { unsafe String(cString: strerror(code)) }
}
