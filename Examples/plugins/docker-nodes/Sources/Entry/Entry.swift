import DockerNodesPlugin
public import PluginAPI
import PluginKit

private let plugin = Plugin(Provider.self) { Plugin.start(Provider.self, $0, $1) }

/// The one symbol of this library.
@c @implementation public func rayp_entry_v1() -> UnsafePointer<rayp_plugin_t>! {
    plugin.table
}
