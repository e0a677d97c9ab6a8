import FoundationEssentials
import Glibc
import Host
import Testing

/// Files that cluster files put on hosts, and `rsync-up` and `rsync-down`.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterFilesTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12"]
    private static let quiet = "head_start_ray_commands: []\nworker_start_ray_commands: []\n"

    /// All that is below a folder, with modes, links and contents.
    private static func listing(of folder: String) -> String {
        """
        cd \(folder) && { find . -mindepth 1 ! -type l -printf '%p %y %m\\0'; find . -type l -printf '%p -> %l\\0'; } | sort -z | tr '\\0\\n' '\\n|'
        find . -type f -print0 | sort -z | xargs -0 sha256sum -z | tr '\\0\\n' '\\n|'
        """
    }

    private func sent(_ outcome: Outcome) -> [String] {
        outcome.errors.split(separator: "\n").filter { $0.contains(" sent (") }.map(String.init).sorted()
    }

    @Test func `files come as with rsync, and the second time nothing moves`() async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            _ = try await place.shell(
                """
                mkdir -p 'src/a b/-c' src/empty src/build src/many && cd src
                i=0; while [ $i -lt 2000 ]; do echo $i > many/f$i; i=$((i+1)); done
                printf x > "a b/$(printf 'new\\nline')"; printf y > 'a b/-c/été'; printf z > ./-dash; chmod 600 ./-dash
                ln -s many link; ln -s /nowhere dangling; echo o > build/out; echo k > x.o
                printf 'many/f1?\\nbuild/\\n' > .gitignore; head -c 5000000 /dev/urandom > big; chmod 755 big
                """)
            try place.write("conf", "one\n")
            try await bed.write(
                Self.addresses,
                """
                file_mounts: {~/dst: src, /opt/made/conf: conf}
                rsync_exclude: ['*.o']
                rsync_filter: [.gitignore]
                setup_commands: ['cat /opt/made/conf >> ~/ran']
                file_mounts_sync_continuously: false
                \(Self.quiet)
                """)
            let first = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(first.status == 0, "\(first.errors)")
            #expect(sent(first).count == 2, "\(first.errors)")
            _ = try await place.shell("rsync -a --exclude '*.o' --filter 'dir-merge,- .gitignore' src/ expected")
            let expected = try await place.shell(Self.listing(of: "expected")).output
            #expect(expected.split(separator: "\n").count > 1900)
            for address in Self.addresses {
                #expect(try await bed.run(address, Self.listing(of: "~/dst")) == expected)
                #expect(try await bed.hosts("connections", address) == "1\n")
            }
            let inodes = "find ~/dst /opt/made -printf '%i %C@ %p\\0' | sha256sum"
            let before = try await bed.run(Self.addresses[0], inodes)
            let sessions = try await bed.hosts("sessions", Self.addresses[0])
            let again = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                sent(again).isEmpty && again.errors.hasSuffix("cluster `c` is up as it was: 2 nodes\n"),
                "\(again.errors)")
            #expect(try await bed.run(Self.addresses[0], inodes) == before)
            // The conversation, and no channel for files.
            #expect(
                Int(try await bed.hosts("sessions", Self.addresses[0]).dropLast())
                    == Int(sessions.dropLast()).map { $0 + 1 })
            try place.write("conf", "two!\n")
            let changed = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                sent(changed) == [
                    "head 10.77.0.11: 1 file sent (5 bytes)", "worker 10.77.0.12: 1 file sent (5 bytes)",
                ])
            #expect(try await bed.run(Self.addresses[1], "cat ~/ran /opt/made/conf") == "one\ntwo!\n")
        }
    }

    @Test func `what is deleted here goes there, what is changed there is put again`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            for name in ["kept", "gone", "sub/gone", "edited"] { try place.write("src/\(name)", "one\n") }
            try await bed.write(addresses, "file_mounts: {~/dst: src}\n\(Self.quiet)")
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            _ = try await bed.run(
                addresses[0], "cd ~/dst; echo theirs > theirs; echo edited > edited; echo other > kept")
            _ = try await place.shell("rm -r src/gone src/sub src/edited")
            let outcome = try await bed.ray("rsync-up", "cluster.yaml")
            #expect(outcome.errors == "head 10.77.0.11: 1 file sent (4 bytes), 2 removed\n")
            #expect(
                try await bed.run(addresses[0], "cd ~/dst; cat kept theirs edited; ls")
                    == "one\ntheirs\nedited\nedited\nkept\ntheirs\n")
            #expect(try await bed.ray("rsync-up", "cluster.yaml").errors == "head 10.77.0.11: unchanged\n")
        }
    }

    @Test func `killed in the middle, the next one is right`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            _ = try await place.shell(
                "mkdir src; i=0; while [ $i -lt 40 ]; do head -c 5000000 /dev/urandom > src/f$i; i=$((i+1)); done")
            try await bed.write(addresses, "file_mounts: {~/dst: src}\n\(Self.quiet)")
            _ = try await bed.ray(["up", "cluster.yaml", "-y"], sending: SIGKILL) {
                try await bed.run("10.77.0.11", "ls ~/dst/f* 2>/dev/null | head -n 1") != ""
            }
            let outcome = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let expected = try await place.shell(Self.listing(of: "src")).output
            #expect(try await bed.run(addresses[0], Self.listing(of: "~/dst")) == expected)
            #expect(try await bed.ray("rsync-up", "cluster.yaml").errors == "head 10.77.0.11: unchanged\n")
        }
    }

    @Test func `a full disk is told, and the others do not wait for it`() async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            _ = try await place.shell("mkdir src; head -c 3000000 /dev/urandom > src/big; echo small > src/small")
            try await bed.write(Self.addresses, "file_mounts: {/data/dst: src}\n\(Self.quiet)")
            _ = try await bed.run(Self.addresses[1], "mkdir /data && mount -t tmpfs -o size=1m none /data")
            let outcome = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("error[disk]: worker 10.77.0.12: files cannot be written\n"),
                "\(outcome.errors)")
            #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
            #expect(outcome.errors.contains("1 of 2 nodes are up\n"))
            _ = try await bed.run(Self.addresses[1], "mount -o remount,size=10m /data")
            let mended = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(
                try await bed.run(Self.addresses[1], "wc -c < /data/dst/big; cat /data/dst/small") == "3000000\nsmall\n"
            )
        }
    }

    @Test func `workers get what the head has, without what is missing`() async throws {
        try await HostBed.with(Self.addresses) { _, bed in
            try await bed.write(
                Self.addresses,
                """
                cluster_synced_files: [~/token, /srv/keys, /no/such]
                head_setup_commands: ['echo secret > ~/token; mkdir -p /srv/keys; echo a > /srv/keys/a; chmod 600 ~/token']
                worker_setup_commands: ['cat ~/token > ~/seen']
                \(Self.quiet)
                """)
            let outcome = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(sent(outcome) == ["worker 10.77.0.12: 2 files sent (9 bytes)"])
            #expect(
                try await bed.run(Self.addresses[1], "cat ~/seen /srv/keys/a; stat -c %a ~/token") == "secret\na\n600\n"
            )
            #expect(sent(try await bed.ray("up", "cluster.yaml", "-y")).isEmpty)
            try await bed.write(
                Self.addresses, "cluster_synced_files: [~/token]\nhead_setup_commands: ['false']\n\(Self.quiet)")
            let broken = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                broken.errors.contains(
                    """
                    error[conflict]: worker 10.77.0.12 has no head to get `cluster_synced_files` from
                      hint: run `ray up` again when the head is mended
                    """), "\(broken.errors)")
        }
    }

    @Test func `rsync-up and rsync-down read paths as rsync does`() async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            try place.write("dir/sub/f", "f\n")
            try place.write("dir/x.o", "o\n")
            try place.write("one", "one\n")
            try await bed.write(Self.addresses, "rsync_exclude: ['*.o']\n\(Self.quiet)")
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            for words in [["dir", "/srv/in"], ["dir/", "/srv/contents"], ["one", "/srv"], ["one", "/srv/new/name"]] {
                let outcome = try await bed.ray("rsync-up", "cluster.yaml", words[0], words[1])
                #expect(outcome.errors.hasPrefix("head 10.77.0.11: 1 file sent"), "\(words): \(outcome.errors)")
            }
            let all = try await bed.ray("rsync-up", "cluster.yaml", "one", "~/everywhere/", "-A")
            #expect(all.status == 0, "\(all.errors)")
            #expect(
                try await bed.run(Self.addresses[0], "cd /srv; find . -type f | sort")
                    == "./contents/sub/f\n./in/dir/sub/f\n./new/name\n./one\n")
            #expect(try await bed.run(Self.addresses[1], "cat ~/everywhere/one") == "one\n")
            _ = try await bed.run(
                Self.addresses[0],
                "cd /srv; chmod 750 in/dir; echo o > in/dir/y.o; ln -s sub in/dir/link; echo log > ~/log")
            for words in [
                ["/srv/in/dir", "down"], ["/srv/in/dir/", "contents"], ["~/log", "log"], ["log", "contents"],
            ] {
                let outcome = try await bed.ray("rsync-down", "cluster.yaml", words[0], words[1])
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(words): \(outcome.errors)")
            }
            #expect(
                try await place.shell("find down contents log -printf '%p %y\\n' | sort; stat -c %a down/dir").output
                    == """
                    contents d
                    contents/link l
                    contents/log f
                    contents/sub d
                    contents/sub/f f
                    down d
                    down/dir d
                    down/dir/link l
                    down/dir/sub d
                    down/dir/sub/f f
                    log f
                    750

                    """)
            let absent = try await bed.ray("rsync-down", "cluster.yaml", "/no/such", "down")
            #expect(absent.status == 1)
            #expect(
                absent.errors == """
                    error[input]: there is no `/no/such` on head 10.77.0.11
                      hint: `ray exec` shows what is there; quotes keep this machine's shell from replacing `~`

                    """)
            let none = try await bed.ray("rsync-up", "cluster.yaml", "nothing", "/srv")
            #expect(
                none.errors
                    == "error[usage]: there is no `nothing` to copy\n  hint: give the path of a file or folder\n")
            let bare = try await bed.ray("rsync-up", "cluster.yaml")
            #expect(
                place.brief(bare.errors)
                    == "error[usage]: cluster.yaml: the cluster file has no `file_mounts`\n  hint: give a source and a target, or add them\n"
            )
            let half = try await bed.ray("rsync-up", "cluster.yaml", "one")
            #expect(half.errors.contains("a target is missing: give a source and a target, or neither"))
        }
    }

    @Test func `homes that hosts share are filled once`() async throws {
        try await HostBed.with([]) { place, bed in
            try await bed.add(Self.addresses, ["--home", "one"])
            for number in 1...50 { try place.write("src/f\(number)", "\(number)\n") }
            try place.write("local", "local\n")
            try await bed.write(Self.addresses, "file_mounts: {~/dst: src, /opt/local: local}\n\(Self.quiet)")
            let first = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(first.status == 0, "\(first.errors)")
            #expect(
                Set(sent(first).map { $0.split(separator: ": ").last }) == [
                    "51 files sent (147 bytes)", "1 file sent (6 bytes)",
                ])
            #expect(sent(try await bed.ray("up", "cluster.yaml", "-y")).isEmpty)
            _ = try await place.shell("rm src/f1; echo changed > src/f2")
            let again = try await bed.ray("rsync-up", "cluster.yaml", "-A")
            #expect(
                Set(again.errors.split(separator: "\n").map { $0.split(separator: ": ").last }) == [
                    "1 file sent (8 bytes), 1 removed", "unchanged",
                ], "\(again.errors)")
        }
    }

    @Test func `what cannot be read or written is told`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            try await bed.write(addresses, Self.quiet)
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            _ = try await bed.run(
                addresses[0],
                "mkdir /srv/d; echo x > /srv/d/f; mkdir -p ~/bin; printf '#!/bin/sh\\necho no luck >&2; exit 2\\n' > /usr/local/bin/tar; chmod +x /usr/local/bin/tar"
            )
            let outcome = try await bed.ray("rsync-down", "cluster.yaml", "/srv/d", "d")
            #expect(
                outcome.errors == """
                    error[input]: head 10.77.0.11 cannot send all of it
                      no luck
                      hint: see whether the user there may read it

                    """, "\(outcome.errors)")
            _ = try await bed.run(addresses[0], "rm /usr/local/bin/tar")
            try place.write("file", "x")
            let full = try await bed.ray("rsync-down", "cluster.yaml", "/srv/d/f", "/dev/full/x")
            #expect(full.status == 1, "\(full.errors)")
            try place.write("tools/tar", "#!/bin/sh\ncat > /dev/null; echo broken >&2; exit 2\n")
            _ = try await place.shell("chmod +x tools/tar")
            let path = ["PATH": place.project / "tools" + ":/usr/bin:/bin:/usr/sbin:/sbin"]
            let local = try await bed.ray("rsync-down", "cluster.yaml", "/srv/d", "d", variables: path)
            let folder = local.errors.split(separator: "`").dropFirst().first ?? ""
            #expect(folder.hasPrefix(place.project + "/.ray-"))
            #expect(
                local.errors == """
                    error[input]: cannot write what head 10.77.0.11 sends into `\(folder)`
                      broken
                      hint: see whether there is room, and whether you may write there

                    """, "\(local.errors)")
            #expect(!Files.exists(String(folder)))
        }
    }
}
