import Glibc

/// How many files this program may have open.
enum OpenFileLimit {
    /// Raises it to `count`, as far as the machine lets it be, and returns what it is; it is never lowered.
    ///
    /// What this program starts inherits it.
    @discardableResult static func raise(to count: Int) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return count }
        let wanted = min(rlim_t(count), limit.rlim_max)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            setrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
