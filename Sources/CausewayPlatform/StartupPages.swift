internal import Glibc

/// Memory that only starting up needed.
package enum StartupPages {
    /// Gives the pages of program text back to the system, all of them; what is run again is mapped again, from the page cache.
    ///
    /// Reading arguments and configuration walks through code that a bridge which then runs for months never needs again, and the kernel
    /// maps its neighbourhood as well. Text is never written to, so nothing can be lost by letting go of it.
    package static func release() {
        guard let maps = try? Files.read("/proc/self/maps", limit: 4 << 20) else { return }
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            // 7f0c1a200000-7f0c1a3b8000 r-xp 00026000 fe:01 1234   /usr/lib/libcrypto.so.3
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count >= 6, fields[1].elementsEqual("r-xp".utf8), fields[5].first == UInt8(ascii: "/") else { continue }
            let bounds = fields[0].split(separator: UInt8(ascii: "-")).compactMap { UInt(String(decoding: $0, as: UTF8.self), radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
