import FoundationEssentials
import Glibc
import Host
import Testing

/// A Ray that hosts of the test bed have on their PATH, installed out of the test bed's own cache.
struct RayForHosts {
    /// Of the virtual environment, which hosts see by `--share`; its path has no space, as Ray's scripts begin with it.
    let folder: String

    /// Makes one, which is removed after `body`.
    static func with(_ place: Workplace, _ body: (RayForHosts) async throws -> Void) async throws {
        var template = Array("/tmp/ray-for-hosts-XXXXXX".utf8CString)
        let ray = RayForHosts(folder: try #require(mkdtemp(&template).map { String(cString: $0) }))
        defer { try? Files.remove(ray.folder) }
        let uv = try #require(TestBed.uv)
        // The machine's own Python, which hosts have too.
        let made = try await place.run(uv, ["venv", "--quiet", "--python", "/usr/bin/python3", ray.folder / "venv"])
        try #require(made.status == 0, "\(made.errors)")
        let installed = try await place.run(
            uv, ["pip", "install", "--quiet", "--python", ray.folder / "venv/bin/python", "ray==2.60.0"])
        try #require(installed.status == 0, "\(installed.errors)")
        try await body(ray)
    }

    /// A line of a cluster file that puts it on the PATH of login shells.
    var setup: String {
        """
        setup_commands:
          - echo 'export PATH=\(folder)/venv/bin:$PATH RAY_USAGE_STATS_ENABLED=0' >> ~/.bashrc
        """
    }
}
