package import PluginKit

/// The files that local packages are built from.
extension Requirements {
    /// Adds to a plan the files of folders and archives that are named.
    package func add(to answer: inout PlanAnswer) {
        for tree in folders {
            let (files, folders) = tree.contents
            answer.inputs += files.filter { !answer.inputs.contains($0) }
            answer.files += (folders + files).filter { !answer.files.contains($0) }
        }
        answer.inputs += archives.filter { !answer.inputs.contains($0) }
    }

    /// Adds to a plan the packages in folders of the project that `--find-links` names: all, or those with these names.
    package func addLinked(to answer: inout PlanAnswer, root: String, named names: Set<String>? = nil) {
        for folder in LinkFolder.all(in: self, root: root) {
            if !answer.files.contains(folder.path) { answer.files.append(folder.path) }
            for file in folder.packages where folder.isInside && !answer.inputs.contains(file) {
                guard names?.contains(LinkFolder.packageName(of: file)) ?? true else { continue }
                answer.inputs.append(file)
                answer.files.append(file)
            }
        }
    }

    /// Adds to a lock's answer the files that say what local packages need.
    package func add(to answer: inout LockAnswer, root: String) {
        var inputs = archives
        for tree in folders {
            inputs += tree.metadata
            answer.files.append(tree.root)
        }
        for folder in LinkFolder.all(in: self, root: root) {
            answer.files.append(folder.path)
            if folder.isInside { inputs += folder.packages }
        }
        for path in inputs where !answer.inputs.contains(path) { answer.inputs.append(path) }
        answer.files += answer.inputs.filter { !answer.files.contains($0) }
    }
}
