internal import CCauseway
internal import Glibc

/// Names and addresses of machines, as the resolver and the kernel know them, in numeric text: `127.0.0.1`, `::1`.
package enum Hosts {
    /// The addresses of a name or of a numeric address; empty when it has none or the resolver does not answer.
    package static func addresses(of name: String) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = causeway_stream_socket()
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var found: [String] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let text = unsafe numeric(current.pointee.ai_addr, current.pointee.ai_addrlen) { found.append(text) }
            unsafe entry = current.pointee.ai_next
        }
        return found
    }

    /// The addresses of this machine's interfaces, loopback included.
    package static func ownAddresses() -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [String] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let address = unsafe current.pointee.ifa_addr {
                let length =
                    switch unsafe Int32(address.pointee.sa_family) {
                    case AF_INET: MemoryLayout<sockaddr_in>.size
                    case AF_INET6: MemoryLayout<sockaddr_in6>.size
                    default: 0
                    }
                if length > 0, let text = unsafe numeric(address, socklen_t(length)) { found.append(text) }
            }
            unsafe entry = current.pointee.ifa_next
        }
        return found
    }

    /// Without the zone of a link-local address (`%eth0`), which is this machine's own matter.
    private static func numeric(_ address: UnsafeMutablePointer<sockaddr>?, _ length: socklen_t) -> String? {
        let text = unsafe [CChar](unsafeUninitializedCapacity: Int(NI_MAXHOST)) { buffer, count in
            let result = unsafe getnameinfo(address, length, buffer.baseAddress, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
            count = result == 0 ? unsafe strlen(buffer.baseAddress!) : 0
        }
        let bytes = text.prefix { $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
