import Conda
public import PluginAPI
import PluginKit

private let plugin = Plugin(CondaBuilder.self) { Plugin.start(CondaBuilder.self, $0, $1) }

/// The one symbol of this library; its name is that of the C function.
@c @implementation public func rayp_entry_v1() -> UnsafePointer<rayp_plugin_t>! {
    plugin.table
}
