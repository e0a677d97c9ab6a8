import FoundationEssentials
package import PluginKit

extension PipBuilder {
    package func explain(_ request: BuilderRequest, _ call: Call) throws -> ExplainAnswer {
        ExplainAnswer()
    }
}
