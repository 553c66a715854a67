import Glibc

/// The files that the process may have open: every connection is one, and so is every table that is written to a file.
enum OpenFiles {
    /// Allows as many as the system lets the process have, as Go programs do.
    static func raiseLimit() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }
}
