import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct EnvironmentLockTests {
    private static func with(_ text: String?, _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/ray-lock-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        if let text { try Files.replace(folder / "environment.lock", with: Data(text.utf8)) }
        try body(folder / "project.yaml")
    }

    @Test func `a lock is read as it was written, with the places of its lines`() throws {
        let texts = [
            "# python >=3.11\nclick==8.1.7 \\\n    --hash=sha256:00\n", "one line\n", "", "no end",
            " leads\nwith space\n",
            "été\n\u{7}\n", "a\n\n\nb\n", "tab\there\nx\n", "trailing\n\n",
        ]
        for text in texts {
            try Self.with(nil) { file in
                var lock = try EnvironmentLock(besides: file)
                #expect(lock.entries.isEmpty)
                let entry = EnvironmentLock.Entry(
                    basis: ["requirements": "click==8.1.7\nnumpy", "empty": ""], text: text, place: Place(file: file))
                lock.entries = ["pip": entry, "other": entry]
                try lock.write()
                let read = try EnvironmentLock(besides: file)
                #expect(read.entries == lock.entries, "\(text)")
                guard text.hasPrefix("#") else { return }
                let written = try #require(try Files.read(read.file))
                let lines = String(decoding: written, as: UTF8.self).split(
                    separator: "\n", omittingEmptySubsequences: false)
                let line = try #require(read.entries["pip"]?.place.line)
                #expect(lines[line - 1] == "      # python >=3.11")
            }
        }
    }

    @Test(arguments: [
        (
            "<<<<<<< HEAD\nversion: 1\n",
            "environment.lock:1:1: a merge has left its conflict markers in the environment lock",
            "`ray environment lock` writes it anew"
        ),
        (
            "version: 2\n", "environment.lock:1:10: the environment lock is of a version that this ray does not read",
            "use the ray that wrote it, or remove it and let `ray environment lock` make another"
        ),
        (
            "layers: {}\n", "environment.lock: the environment lock is of a version that this ray does not read",
            "use the ray that wrote it, or remove it and let `ray environment lock` make another"
        ),
        (
            "version: 1\nlayrs: {}\n", "environment.lock: the environment lock has no `layers`",
            "`ray environment lock` writes it anew"
        ),
        (
            "version: 1\nlayers:\n  pip: {lock: 3}\n",
            "environment.lock:3:3: the part of `pip` in the environment lock is not whole",
            "`ray environment lock` writes it anew"
        ),
    ])
    func `a lock that cannot be read says so`(text: String, message: String, hint: String) throws {
        try Self.with(text) { file in
            let failure = try #require(throws: Failure.self) { _ = try EnvironmentLock(besides: file) }
            let problem = try #require(failure.diagnostics.first)
            let place = [problem.place?.line, problem.place?.column].compactMap { $0 }.map { ":\($0)" }.joined()
            #expect("environment.lock\(place): \(problem.message)" == message)
            #expect(problem.hint == hint)
        }
    }

    @Test func `what has changed in a lock is told by its pins`() throws {
        try Self.with(nil) { file in
            var (old, new) = (try EnvironmentLock(besides: file), try EnvironmentLock(besides: file))
            let place = Place(file: file)
            old.entries["pip"] = .init(
                basis: [:], text: "# x\na==1 \\\n    --hash=1\nb==2 \\\n    --hash=2\n", place: place)
            new.entries["pip"] = .init(basis: [:], text: "# y\na==1 \\\n    --hash=3\nb==3\n", place: place)
            #expect(new.changes(since: old) == ["+ b==3", "- b==2"])
            #expect(new.changes(since: nil) == ["+ a==1", "+ b==3"])
        }
    }
}
