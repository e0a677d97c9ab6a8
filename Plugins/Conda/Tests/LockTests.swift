import Conda
import PluginKit
import Testing

/// What was locked, and what becomes of it.
@Suite struct LockTests {
    private static let hash = String(repeating: "ab", count: 32)
    private static let package = "file:///c/noarch/hello-tool-1.0-0.tar.bz2#\(hash.prefix(32)) sha256:\(hash)"

    private func plan(_ lock: String, facts: [String: String] = EnvironmentFile.facts, pip: [String] = []) throws
        -> PlanAnswer
    {
        var request = EnvironmentFile.request(["hello-tool"], pip: pip, facts: facts)
        request.lock = Lock(text: lock, place: Place(file: "/p/environment.lock", line: 10))
        return try CondaBuilder().plan(request, .unobserved)
    }

    @Test func `what is locked is what is created`() throws {
        let plan = try plan(
            "# platform linux-64\n\(Self.package)\n# pip\nhumanize==4.0\n", pip: ["humanize>=3", "https://h/x.whl"])
        #expect(plan.components["packages"] == Self.package.replacing(" sha256:", with: " "))
        #expect(plan.components["pip"] == "humanize==4.0\nhttps://h/x.whl\nhumanize>=3")
        #expect(
            plan.steps.map(\.title) == [
                "create the environment of 1 package with conda", "install 2 requirements with its pip",
            ])
        #expect(plan.notReproducible == ["what pip installs has exact versions, and no checksums"])
    }

    @Test func `a lock for another platform is told, and not used`() throws {
        var facts = EnvironmentFile.facts
        facts["arch"] = "aarch64"
        let plan = try plan("# platform linux-64\n\(Self.package)\n", facts: facts)
        #expect(plan.components["packages"] == "hello-tool")
        #expect(plan.notReproducible == ["the lock is for linux-64: on linux-aarch64 everything is resolved anew"])
    }

    @Test(arguments: [
        "hello-tool-1.0-0.tar.bz2", "file:///c/hello-tool-1.0-0.tar.bz2",
        "file:///c/hello-tool-1.0-0.zip#\(hash.prefix(32))",
        "file:///c/hello.conda#\(hash.prefix(32))", "file:///c/hello-tool-1.0-0.conda#abc", "\(package)0",
        "\(package) more",
    ])
    func `lines that are none of a lock`(_ line: String) throws {
        #expect(
            try plan("# platform linux-64\n\(line)\n").diagnostics.map(\.told)
                == [
                    "[lock-stale]:11:0 this is no line of a lock of conda\nhint: run `ray environment lock` to make it anew"
                ])
    }

    @Test func `a lock without its platform`() throws {
        #expect(
            try plan("\(Self.package)\n").diagnostics.map(\.told) == [
                "[lock-stale]:10:0 the lock does not say for which platform it is\nhint: run `ray environment lock` to make it anew"
            ])
    }

    @Test func `names that nothing has cannot be upgraded`() throws {
        var request = EnvironmentFile.request(["hello-tool"])
        request.upgrade = Upgrade(names: ["helo-tool", "hello-lib"])
        request.lock = Lock(
            text: "# platform linux-64\n\(Self.package.replacing("tool", with: "lib"))\n",
            place: Place(file: "l", line: 1))
        #expect(
            try CondaBuilder().lock(request, .unobserved).diagnostics.map(\.told) == [
                "[usage] `helo-tool` cannot be upgraded: no package that is asked for or locked has this name\n"
                    + "hint: did you mean `hello-tool`?"
            ])
        request.upgrade = Upgrade(names: ["hello-lib"])
        #expect(
            try CondaBuilder().lock(request, .unobserved).notes == [
                "conda resolves everything anew, not only what is named"
            ])
        request.lock?.text = "nonsense"
        request.upgrade = nil
        #expect(
            try CondaBuilder().lock(request, .unobserved).notes
                == ["the lock that there was cannot be read: everything is resolved anew"])
    }
}
