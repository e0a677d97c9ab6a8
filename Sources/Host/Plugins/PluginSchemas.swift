extension ProjectSchema {
    /// This schema with the keys of `environment` and of `provider` that the plugins of a catalogue
    /// handle.
    ///
    /// A key or a type of two plugins is theirs to quarrel over when a project uses it.
    package func composed(with catalogue: Catalogue) throws(Failure) -> ProjectSchema {
        var composed = self
        var added: Set<String> = []
        for plugin in catalogue.builders {
            for (key, schema) in (plugin.manifest.keys ?? [:]).sorted(by: { $0.key < $1.key })
            where added.insert(key).inserted {
                composed = try composed.adding(environmentKey: key, schema: schema.value, from: plugin.id)
            }
        }
        var types: Set<String> = []
        for plugin in catalogue.plugins where plugin.manifest.kind == .provider {
            let own = (plugin.manifest.types ?? []).filter { types.insert($0).inserted }
            guard let schema = plugin.manifest.schema, !own.isEmpty else { continue }
            composed = try composed.adding(providerTypes: own, schema: schema.value, from: plugin.id)
        }
        return composed
    }
}
