import FoundationEssentials
import Testing

@testable import PluginKit

@Suite struct `What a plugin throws` {
    private struct Request: Decodable {
        var names: [String]
    }

    private func reported(_ json: String) -> PluginError? {
        do {
            _ = try JSONDecoder().decode(Request.self, from: Data(json.utf8))
            return nil
        } catch { return PluginError(reporting: error) }
    }

    @Test func `reaches the host as a sentence`() {
        #expect(
            reported(#"{"names": [1]}"#)
                == PluginError(
                    .plugin,
                    "a value is not what it should be: `/names/Index 0`: Expected to decode String but found number instead."
                ))
        #expect(reported("{}") == PluginError(.plugin, "a value is not what it should be: `/names` is missing"))
        let own = PluginError(.network, "no answer")
        #expect(PluginError(reporting: own) == own)
    }
}
