public import PluginAPI

/// What `self` of every operation points to: the host's table, and the builder or provider behind
/// its operations.
final class Instance {
    let host: Shared<UnsafePointer<rayp_host_t>>
    let handlers: [Operation: Handler]

    private init(host: UnsafePointer<rayp_host_t>, handlers: [Operation: Handler]) {
        self.host = Shared(host)
        self.handlers = handlers
    }

    fileprivate static func start(
        _ host: UnsafePointer<rayp_host_t>?, _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ handlers: () -> [Operation: Handler]
    ) -> rayp_status_t {
        // A table that is smaller than this one was made for a contract before the first.
        guard let host, let instance, host.pointee.api_major == UInt32(RAYP_API_MAJOR),
            host.pointee.size >= UInt64(MemoryLayout<rayp_host_t>.size)
        else { return .init(RAYP_FAILED) }
        instance.pointee = Unmanaged.passRetained(Instance(host: host, handlers: handlers())).toOpaque()
        return .init(RAYP_OK)
    }

    static let stop: @convention(c) (UnsafeMutableRawPointer?) -> Void = { instance in
        if let instance { Unmanaged<Instance>.fromOpaque(instance).release() }
    }
}

extension Plugin {
    /// Makes the builder and stores it in `instance`, which `stop` of the table frees.
    ///
    /// Called on the plugin's thread; fails where the host's contract is not that of this kit.
    public static func start<Builder: EnvironmentBuilder>(
        _ builder: Builder.Type, _ host: UnsafePointer<rayp_host_t>?,
        _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> rayp_status_t {
        Instance.start(host, instance) { Builder().handlers }
    }

    /// Makes the provider and stores it in `instance`, which `stop` of the table frees.
    ///
    /// Called on the plugin's thread; fails where the host's contract is not that of this kit.
    public static func start<Provider: ClusterProvider>(
        _ provider: Provider.Type, _ host: UnsafePointer<rayp_host_t>?,
        _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> rayp_status_t {
        Instance.start(host, instance) { Provider().handlers }
    }
}
