import Glibc

/// What the kernel says about this process.
package enum ProcessFigures {
    /// The most memory that was ever resident, in bytes.
    package static func peakResidentBytes() -> Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) << 10
    }

    /// Descriptors that are open now.
    package static func openDescriptors() -> Int {
        (0..<4096).count { fcntl($0, F_GETFD) != -1 }
    }
}
