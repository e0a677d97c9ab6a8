public import PluginAPI

/// What this kit asks of a host.
///
/// All that the kit calls is in API 1.0, so a plugin that is built with it runs on every host of 1.x.
/// The plugin's table states this minor version, and not that of the headers: what a plugin needs is
/// what decides where it runs. Whoever makes the kit call a later function raises both.
enum Requirement {
    static let minor: UInt32 = 0

    /// Where the last function that the kit calls ends in the host's table.
    static var size: Int {
        guard let last = MemoryLayout<rayp_host_t>.offset(of: \.fail) else { return MemoryLayout<rayp_host_t>.size }
        return last + MemoryLayout<UnsafeRawPointer>.size
    }
}

/// What `self` of every operation points to: the host's table, and the builder or provider behind
/// its operations.
final class Instance {
    /// A copy of the host's table, which may be shorter than the type: what it lacks is nil.
    let host: Shared<UnsafePointer<rayp_host_t>>
    let handlers: [Operation: Handler]

    private init(host: UnsafeRawPointer, size: Int, handlers: [Operation: Handler]) {
        let copy = UnsafeMutablePointer<rayp_host_t>.allocate(capacity: 1)
        copy.initialize(to: rayp_host_t())
        UnsafeMutableRawPointer(copy).copyMemory(from: host, byteCount: min(size, MemoryLayout<rayp_host_t>.size))
        self.host = Shared(UnsafePointer(copy))
        self.handlers = handlers
    }

    deinit {
        host.value.deallocate()
    }

    fileprivate static func start(
        _ host: UnsafePointer<rayp_host_t>?, _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ handlers: () -> [Operation: Handler]
    ) -> rayp_status_t {
        // Field by field, since an older host's table ends before this type does.
        guard let host = UnsafeRawPointer(host), let instance,
            case let size = Int(clamping: host.load(as: UInt64.self)), size >= Requirement.size,
            let major = MemoryLayout<rayp_host_t>.offset(of: \.api_major),
            host.load(fromByteOffset: major, as: UInt32.self) == UInt32(RAYP_API_MAJOR)
        else { return .init(RAYP_FAILED) }
        let made = Instance(host: host, size: size, handlers: handlers())
        instance.pointee = Unmanaged.passRetained(made).toOpaque()
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
