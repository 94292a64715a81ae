internal import CCauseway

/// What is known about the build of this program.
package enum BuildFacts {
    /// The commit it was built from, as the build's environment named it in `CAUSEWAY_COMMIT`; else `unknown`.
    package static var commit: String { unsafe String(cString: causeway_commit()) }

    /// The compiler's language release.
    package static var swiftVersion: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #else
            "6.3"
        #endif
    }
}
