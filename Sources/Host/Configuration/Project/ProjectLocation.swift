/// Where a project is.
package struct ProjectLocation: Sendable, Equatable {
    /// The folder that holds `.rayproject` or `ray-project`; relative paths start here.
    package var root: String
    /// The project file, absolute.
    package var file: String
    /// What should be said about the choice of the file.
    package var warnings: [Diagnostic] = []

    /// A location that was found in another way.
    package init(root: String, file: String, warnings: [Diagnostic] = []) {
        self.root = root
        self.file = file
        self.warnings = warnings
    }

    /// The folders that make their parent a project's root; the first one wins.
    package static let folders = [".rayproject", "ray-project"]

    /// The project that `directory`, an absolute path, lies in: the nearest one upwards.
    package static func find(from directory: String) throws(Failure) -> ProjectLocation {
        var root = directory
        while true {
            let present = folders.filter { Files.isFolder(root / $0) }
            if !present.isEmpty { return try location(in: root, folders: present) }
            guard root != root.parentPath, root.hasPrefix("/") else { break }
            root = root.parentPath
        }
        throw Failure(
            .input, "no project root found",
            cause: "there is no `.rayproject` or `ray-project` folder from `\(directory)` up to `/`",
            hint: "`ray project create NAME` makes a project here")
    }

    private static func location(
        in root: String, folders: [String]
    ) throws(Failure) -> ProjectLocation {
        let files = folders.map { root / $0 / "project.yaml" }
        let present = files.filter(Files.exists)
        guard let file = present.first else {
            throw Failure(
                .input, "`\(files[0])` is missing",
                hint: "`ray project create NAME` writes one, or remove the folder")
        }
        var location = ProjectLocation(root: root, file: file)
        if present.count > 1 {
            location.warnings.append(
                Diagnostic(
                    .input, "there are two project files in `\(root)`: `.rayproject/project.yaml` is used",
                    at: Place(file: present[1]), hint: "remove `ray-project`", severity: .warning))
        }
        return location
    }
}
