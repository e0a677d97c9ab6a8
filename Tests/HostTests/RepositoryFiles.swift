import FoundationEssentials
import Host

/// The root of the repository that the tests belong to.
let repository = #filePath.parentPath.parentPath.parentPath

/// The texts of all files below a folder of the repository whose names end so, by path.
func texts(below folder: String, endingWith suffix: String) throws -> [(path: String, text: String)] {
    let root = repository / folder
    return try Files.names(in: root).sorted().flatMap { name -> [(path: String, text: String)] in
        let path = folder / name
        if Files.isFolder(root / name) { return try texts(below: path, endingWith: suffix) }
        guard name.hasSuffix(suffix) else { return [] }
        return [(path, String(decoding: try Files.read(root / name) ?? Data(), as: UTF8.self))]
    }
}
