import FoundationEssentials
import Glibc
import Host
import Testing

/// Sessions with a real Ray from a real requirements.txt.
///
/// One after the other: each takes much of a small machine.
@Suite(.serialized, .startsRay, .needsTestBed, .timeLimit(.minutes(30))) struct RaySessionTests {
    @Test func `the first project computes its result in Ray tasks, and its second start builds nothing`() async throws
    {
        try await Workplace.with { place in
            try Files.remove(place.project)
            let example = repository / "Examples/first-project"
            #expect(try await place.run("cp", ["-r", example, place.project], in: place.folder).status == 0)

            let first = try await place.ray("session", "start")
            #expect(first.status == 0, "\(first.errors)")
            let lines = first.output.split(separator: "\n")
            let estimates = lines.compactMap { $0.firstMatch(of: /after +40 tasks  pi = ([0-9.]+)/)?.1 }
            let estimate = try #require(estimates.first)
            #expect(abs((Double(estimate) ?? 0) - 3.14159) < 0.01)
            let workers = lines.compactMap { $0.firstMatch(of: /worker (\d+) did (\d+) tasks/) }
            let drivers = lines.compactMap { $0.firstMatch(of: /the driver, (\d+), did none/)?.1 }
            let driver = try #require(drivers.first)
            #expect(workers.compactMap { Int($0.2) }.reduce(0, +) == 40)
            #expect(!workers.contains { $0.1 == driver })

            let built = try place.journal("first-project").filter { $0.step == .buildStep }.count
            let ray = try place.state("first-project").ray
            #expect(built > 0)
            let second = try await place.ray("session", "start", "--tasks", "8", "--samples", "1000")
            #expect(second.status == 2, "options need their command's name: \(second.errors)")
            #expect(try await place.ray("session", "start", "default", "--tasks", "8", "--samples", "1000").status == 0)
            #expect(try place.journal("first-project").filter { $0.step == .buildStep }.count == built)
            #expect(try place.state("first-project").ray == ray)

            try await expectStopLeavesNothing(place, "first-project")
        }
    }

    @Test func `sessions and a Ray started by hand do not disturb each other`() async throws {
        try await Workplace.with { place in
            try place.makeRayProject()
            try await startJob(place, session: "a")
            try await startJob(place, session: "b")
            let hand = HandStartedRay(temporaryFolder: "/tmp/hand-\(getpid())", environment: try place.inside("a"))
            do {
                try await hand.start(place)
                try await stopOneOfThree(place, hand)
            } catch {
                await hand.end()
                throw error
            }
            await hand.end()
        }
    }

    /// Stops session `a` while jobs wait in `a`, in `b` and in the Ray started by hand.
    private func stopOneOfThree(_ place: Workplace, _ hand: HandStartedRay) async throws {
        let (a, b) = (try place.state("a"), try place.state("b"))
        #expect(a.ray?.address != b.ray?.address)
        let others = try #require(b.ray?.processes) + hand.processes
        #expect(others.count == 4)
        #expect(try await place.ray("session", "stop", "a").status == 0)
        #expect(a.ray?.processes?.contains { $0.isRunning } == false)
        #expect(others.allSatisfy { $0.isRunning })
        try place.write("go", "")
        try await until { Files.exists(place.project / "done-b") && Files.exists(place.project / "done-hand") }
        #expect(others.allSatisfy { $0.isRunning })
        #expect(!Files.exists(place.project / "done-a"))
        try await expectStopLeavesNothing(place, "b")
        #expect(hand.processes.count == 2)
    }

    @Test func `a start that is killed after any of its records goes on from there`() async throws {
        let reference = try await undisturbedRecords()
        #expect(reference > 8)
        for record in 1...reference {
            try await Workplace.with { place in
                try place.makeRayProject(extra: "  shell: [echo built >> built.txt]\n")
                let killer = ["LD_PRELOAD": try #require(TestBed.killer), "RAY_TEST_KILL_AT": String(record)]
                let killed = try await place.ray(
                    "session", "start", "--shell", "echo ran >> ran.txt", variables: killer)
                #expect(killed.status == 137, "record \(record): \(killed.errors)")
                #expect(try place.journal().count == record)

                let again = try await place.ray("session", "start", "--shell", "echo ran >> ran.txt")
                #expect(again.status == 0, "record \(record): \(again.errors)")
                let state = try place.state()
                #expect(state.phase == .up)
                #expect(state.openCommands.isEmpty)
                #expect(state.unfinishedLayers.isEmpty)
                let ray = try #require(state.ray)
                #expect(ray.isAlive)
                // One Ray at a time, whatever was half started before.
                let mark = "RAY_SESSION_RAY=\(state.uid)"
                let marked = ProcessTable.now().family(variable: mark).map(\.pid)
                #expect(marked.filter { programName(of: $0) == "raylet" }.count == 1, "record \(record)")
                #expect(marked.filter { programName(of: $0) == "gcs_server" }.count == 1, "record \(record)")
                // A layer whose outcome was recorded is not built again.
                let recorded = try place.journal().prefix(record).contains { $0.step == .layer && $0.phase == .outcome }
                let builds = try place.journal().filter { $0.step == .layer && $0.phase == .intent }
                if recorded { #expect(Set(builds.compactMap(\.id)).count == 2) }
                #expect(try await place.ray("session", "execute", "--shell", "python connect.py").output == "2\n")
                try await expectStopLeavesNothing(place, "p")
            }
        }
    }

    /// How many records an undisturbed start writes.
    private func undisturbedRecords() async throws -> Int {
        var count = 0
        try await Workplace.with { place in
            try place.makeRayProject(extra: "  shell: [echo built >> built.txt]\n")
            let started = try await place.ray("session", "start", "--shell", "echo ran >> ran.txt")
            #expect(started.status == 0, "\(started.errors)")
            count = try place.journal().count
        }
        return count
    }

    /// Starts a job in a session that says when it runs, waits for the file `go`, and says when it
    /// is done.
    private func startJob(_ place: Workplace, session: String) async throws {
        #expect(
            try await place.ray(
                "session", "start", "--name", session, "--shell",
                "nohup python wait.py \(session) >job-\(session).log 2>&1 & exit 0"
            ).status == 0)
        try await until { Files.exists(place.project / "runs-\(session)") }
    }

    /// Stops a session and looks for what it might have left.
    private func expectStopLeavesNothing(_ place: Workplace, _ session: String) async throws {
        let before = try place.state(session)
        #expect(try await place.ray("session", "stop", session).status == 0)
        let table = ProcessTable.now()
        #expect(table.family(variable: "RAY_SESSION_RAY=\(before.uid)").isEmpty)
        #expect(table.family(variable: "RAY_SESSION_RUN=\(before.uid)").isEmpty)
        if let folder = before.ray?.temporaryFolder { #expect(!Files.exists(folder)) }
        #expect(!Files.names(in: "/tmp").contains { $0.hasPrefix("ray-\(before.uid.prefix(8))") })
    }

    private var repository: String {
        #filePath.parentPath.parentPath.parentPath
    }
}

extension Workplace {
    /// A project with a real Ray and three small programs.
    func makeRayProject(extra: String = "") throws {
        try makeProject("environment:\n  requirements: requirements.txt\n\(extra)")
        try write("requirements.txt", "ray\n")
        try write(
            "wait.py",
            """
            import os, sys, time
            import ray

            ray.init(logging_level="error")

            @ray.remote
            def wait(name):
                open(f"runs-{name}", "w").close()
                while not os.path.exists("go"):
                    time.sleep(0.05)
                return name

            name = ray.get(wait.remote(sys.argv[1]))
            open(f"done-{name}", "w").close()
            """)
        try write(
            "connect.py",
            """
            import ray

            ray.init(logging_level="error")
            print(ray.get(ray.remote(lambda: 1 + 1).remote()))
            """)
    }
}

/// The name of the program that a process runs.
private func programName(of pid: Int32) -> String {
    let words = ((try? Files.read("/proc/\(pid)/cmdline")) ?? nil)?.split(separator: 0).first ?? Data()
    return String(decoding: words, as: UTF8.self).lastPathName
}

/// A Ray that a user starts with `ray start`, from the same environment.
struct HandStartedRay {
    let temporaryFolder: String
    let environment: [String: String]

    /// Starts it, and a job in it that waits for the file `go`.
    func start(_ place: Workplace) async throws {
        let script = """
            set -e
            ray start --head --port=0 --temp-dir='\(temporaryFolder)' --include-dashboard=false --disable-usage-stats \
              --dashboard-agent-listen-port=0 --min-worker-port=0 --max-worker-port=0 >hand.log 2>&1
            RAY_ADDRESS=127.0.0.1:$(cat '\(temporaryFolder)'/session_latest/gcs_server_port*) \
              nohup python wait.py hand >>hand.log 2>&1 &
            """
        let started = try await place.run("sh", ["-c", script], variables: environment)
        #expect(started.status == 0, "\(started.errors)")
        try await until { Files.exists(place.project / "runs-hand") }
    }

    /// The parts without which it is not alive.
    var processes: [ProcessIdentity] {
        ProcessTable.now().family(variable: "RAY_TEST_HAND=\(temporaryFolder)")
            .filter { ["raylet", "gcs_server"].contains(programName(of: $0.pid)) }
    }

    func end() async {
        _ = try? await ProcessTable.end(grace: .zero) {
            $0.family(variable: "RAY_TEST_HAND=\(temporaryFolder)", folder: temporaryFolder)
        }
        try? Files.remove(temporaryFolder)
    }
}

extension Workplace {
    /// The variables inside a session's environment, for something that is not the session's.
    func inside(_ session: String) throws -> [String: String] {
        var all = environment
        for activation in try state(session).environment?.activations ?? [] { activation.apply(to: &all) }
        all["RAY_TEST_HAND"] = "/tmp/hand-\(getpid())"
        all["RAY_USAGE_STATS_ENABLED"] = "0"
        return all
    }
}
