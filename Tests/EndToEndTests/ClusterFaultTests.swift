import FoundationEssentials
import Glibc
import Host
import Testing

/// What goes wrong while a cluster comes up: clients that are killed or compete, hosts that fail.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterFaultTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]
    private static let commands = """
        setup_commands: ['echo first >> ~/done', 'sleep 0.3; echo second >> ~/done']
        head_start_ray_commands: ['echo ray >> ~/done; sleep 1234 > /dev/null 2>&1 &']
        worker_start_ray_commands: ['echo ray >> ~/done; sleep 1234 > /dev/null 2>&1 &']
        """

    private static func state(_ place: Workplace, _ cluster: String = "c") throws -> SessionState {
        SessionState(try Journal.read(place.folder / "state/ray/clusters" / cluster / "journal.jsonl").records)
    }

    @Test func `an up that is killed after any of its records goes on from there`() async throws {
        for record in 1...2 {
            try await HostBed.with(Self.addresses) { place, bed in
                try await bed.write(Self.addresses, Self.commands)
                let killed = try await bed.ray("up", "cluster.yaml", killedAfter: record)
                #expect(killed.status == 137, "record \(record): \(killed.errors)")
                #expect(try Self.state(place).phase == (record == 1 ? .starting : .up))
                let listed = try await bed.ray("clusters")
                #expect(listed.output.contains(record == 1 ? "c     incomplete" : "c     up"), "\(listed.output)")
                try await expectUpCompletes(place, bed)
                let records = try Journal.read(place.folder / "state/ray/clusters/c/journal.jsonl").records.count
                #expect(records == record + 2, "each record of an `up` was tried")
                #expect(try await bed.ray("down", "cluster.yaml", "-y").status == 0)
            }
        }
    }

    @Test(arguments: ["setup_commands 1/2", "setup_commands 2/2", "head_start_ray_commands 1/1", "10.77.0.11: up"])
    func `an up that is killed in the middle goes on from there`(word: String) async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            try await bed.write(Self.addresses, Self.commands)
            _ = try await bed.ray(["up", "cluster.yaml"], sending: SIGKILL) {
                try place.text("errors.log").contains(word)
            }
            try await expectUpCompletes(place, bed)
        }
    }

    /// What has no outcome is done, and what has one is not done again.
    private func expectUpCompletes(_ place: Workplace, _ bed: HostBed) async throws {
        let again = try await bed.ray("up", "cluster.yaml")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try Self.state(place).phase == .up)
        #expect(try Self.state(place).nodes.map(\.node.id) == Self.addresses)
        for address in Self.addresses {
            let done = try await bed.run(address, "cat ~/done").split(separator: "\n").map(String.init)
            #expect(Array(done.prefix(2)) == ["first", "second"])
            // A Ray that was begun, and of which nobody knows whether it runs, is ended and started again.
            #expect(done.dropFirst(2).allSatisfy { $0 == "ray" } && (3...4).contains(done.count), "\(done)")
            #expect(try await bed.run(address, "pgrep -fc 'sleep 123[4]'") == "1\n")
        }
    }

    @Test func `of two clients who want the same hosts one gets all of them`() async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            try await bed.write(Self.addresses, Self.commands)
            async let first = bed.ray("up", "cluster.yaml", variables: ["USER": "ann"])
            async let second = bed.ray(
                "up", "cluster.yaml", "-n", "d",
                variables: ["USER": "bob", "XDG_STATE_HOME": place.folder / "other", "XDG_RUNTIME_DIR": ""])
            let outcomes = [try await first, try await second]
            #expect(outcomes.map(\.status).sorted() == [0, 1], "\(outcomes.map(\.errors))")
            let loser = try #require(outcomes.first { $0.status == 1 })
            let winner = outcomes[0].status == 0 ? "cluster `c` of ann" : "cluster `d` of bob"
            #expect(
                loser.errors.contains("error[conflict]: node `10.77.0.11` belongs to \(winner)@"), "\(loser.errors)")
            #expect(
                loser.errors.contains(
                    "error[conflict]: worker 10.77.0.12 is left alone, since the head belongs to another cluster\n"),
                "\(loser.errors)")
            for address in Self.addresses {
                #expect(try await bed.run(address, "cat ~/done") == "first\nsecond\nray\n")
            }
        }
    }

    @Test func `one of ten hosts fails, and nine are up`() async throws {
        let addresses = (11...20).map { "10.77.0.\($0)" }
        try await HostBed.with(addresses) { place, bed in
            try await bed.write(
                addresses,
                """
                setup_commands:
                  - echo first >> ~/done
                  - 'echo out of luck; [ -e ~/mended ] || [ $(hostname) != host-10-77-0-17 ]; echo "status $?" >&2; [ -e ~/mended ] || [ $(hostname) != host-10-77-0-17 ]'
                  - echo last >> ~/done
                head_start_ray_commands: ['touch ~/started']
                worker_start_ray_commands: ['touch ~/started']
                """)
            let failed = try await bed.ray("up", "cluster.yaml")
            #expect(failed.status == 1)
            #expect(failed.errors.contains("9 of 10 nodes are up\n"), "\(failed.errors)")
            #expect(
                failed.errors.contains("cluster.yaml:6:5: worker 10.77.0.17: setup_commands 2/3: echo out of luck;"),
                "\(failed.errors)")
            #expect(failed.errors.contains("\n  out of luck\n  status 1\n"), "\(failed.errors)")
            for address in addresses {
                let expected = address == "10.77.0.17" ? "no\n" : "yes\n"
                #expect(try await bed.run(address, "[ -e ~/started ] && echo yes || echo no") == expected)
            }
            let plan = try await bed.ray("up", "cluster.yaml", "--dry-run")
            #expect(
                plan.output.split(separator: "\n").filter { $0.contains("would be run") }.count == 2, "\(plan.output)")
            _ = try await bed.run("10.77.0.17", "touch ~/mended")
            let mended = try await bed.ray("up", "cluster.yaml")
            #expect(mended.status == 0, "\(mended.errors)")
            let ran = mended.errors.split(separator: "\n").filter { $0.contains("_commands ") }
            #expect(ran.count == 3 && ran.allSatisfy { $0.hasPrefix("worker 10.77.0.17: ") }, "\(ran)")
            #expect(try await bed.run("10.77.0.17", "cat ~/done") == "first\nlast\n")
        }
    }

    @Test func `hosts in trouble do not delay the others`() async throws {
        try await HostBed.with(["10.77.0.11", "10.77.0.12", "10.77.0.13"]) { place, bed in
            try await bed.add(["10.77.0.21"], ["--never-boots"])
            try await bed.add(["10.77.0.22"], ["--reject-key"])
            try await bed.add(["10.77.0.23"], ["--disk-size", "10m"])
            _ = try await bed.run("10.77.0.23", "dd if=/dev/zero of=/root/full bs=1M 2>/dev/null || :")
            let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13", "10.77.0.21", "10.77.0.22", "10.77.0.23"]
            try await bed.write(
                addresses,
                """
                setup_commands: ['[ $(hostname) != host-10-77-0-13 ] || { touch ~/begun; sleep 1000; }']
                head_start_ray_commands: ['true']
                worker_start_ray_commands: ['true']
                """)
            async let outcome = bed.ray(
                "up", "cluster.yaml", variables: ["AUTOSCALER_NODE_START_WAIT_S": "600"], errorsTo: "up.log")
            try await until { try await bed.run("10.77.0.13", "ls ~/begun 2>/dev/null || :") != "" }
            try await bed.hosts("del", "10.77.0.13")
            // They are up while the one that never boots is still waited for.
            try await until {
                let text = try place.text("up.log")
                return ["head 10.77.0.11: up\n", "worker 10.77.0.12: up\n", "worker 10.77.0.21: waiting: "]
                    .allSatisfy(text.contains)
            }
            try await bed.hosts("del", "10.77.0.21")
            try await bed.add(["10.77.0.21"])
            #expect(try await outcome.status == 1)
            let text = try place.text("up.log")
            #expect(text.contains("worker 10.77.0.21: up\n"), "\(text)")
            #expect(text.contains("3 of 6 nodes are up\n"), "\(text)")
            #expect(text.contains("error[unreachable]: the connection to node `10.77.0.13` has ended\n"), "\(text)")
            #expect(
                text.contains("error[auth]: cannot reach node `10.77.0.22` by ssh: it does not accept the login\n"),
                "\(text)")
            #expect(
                text.contains(
                    "error[input]: cannot claim node `10.77.0.23`\n  cannot write /var/tmp/ray-lease.host-10-77-0-23-"),
                "\(text)")
            #expect(text.contains("\n  hint: see there whether /var/tmp is full or may not be written to\n"), "\(text)")

            // A machine that is gone does not keep the others from being given back.
            let down = try await bed.ray("down", "cluster.yaml", "-y")
            #expect(down.status == 1)
            #expect(down.errors.contains("worker 10.77.0.12: down\n"), "\(down.errors)")
            #expect(down.errors.contains("cannot reach node `10.77.0.13` by ssh"), "\(down.errors)")
            #expect(!(try Self.state(place).nodes.map(\.node.id).contains("10.77.0.12")))
        }
    }
}
