import Testing

@testable import Host

@Suite struct SSHFailureTests {
    @Test(
        arguments: [
            ("ssh: Could not resolve hostname x: Name or service not known\n", .unknownName),
            ("ssh: connect to host 10.0.0.1 port 22: Connection refused\n", .refused),
            ("ssh: connect to host 10.0.0.1 port 22: No route to host\n", .noRoute),
            ("ssh: connect to host 10.0.0.1 port 22: Network is unreachable\n", .noRoute),
            ("ssh: connect to host 10.0.0.1 port 22: Connection timed out\n", .timeout),
            ("Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out\n", .noBanner),
            ("root@10.0.0.1: Permission denied (publickey).\n", .authentication),
            ("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n", .authentication),
            (
                "@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@\nHost key verification failed.\n",
                .changedHostKey
            ),
            ("No ED25519 host key is known for x.\nHost key verification failed.\n", .otherHostKey),
            ("kex_exchange_identification: read: Connection reset by peer\n", .lost),
            ("Connection closed by 10.0.0.1 port 22\n", .lost),
            (
                "command-line: line 0: Bad configuration option: x\n\n",
                .other("command-line: line 0: Bad configuration option: x")
            ),
            ("", .other("it said nothing")),
        ] as [(String, SSHFailure)])
    func `what ssh says is told apart`(text: String, failure: SSHFailure) {
        #expect(SSHFailure(text) == failure)
    }

    @Test func `what may pass is what a machine that boots says`() {
        let passing: [SSHFailure] = [.noRoute, .refused, .noBanner, .timeout, .lost]
        let lasting: [SSHFailure] = [.unknownName, .authentication, .changedHostKey, .otherHostKey, .other("")]
        #expect(passing.map(\.mayPass) == passing.map { _ in true })
        #expect(lasting.map(\.mayPass) == lasting.map { _ in false })
    }

    @Test func `the sentence names the node, and since when it was tried`() {
        let target = SSHTarget(host: "h", port: 2222, user: "u", key: "/k e/y")
        let refused = SSHFailure.refused.diagnostic(target, node: "n", output: "x", waited: .seconds(61))
        #expect(
            refused.message == "cannot reach node `n` by ssh: it refuses connections, and that for 61 s")
        #expect(refused.hint == "see whether sshd runs there, and on which port: `auth.ssh_port` names another than 22")
        let denied = SSHFailure.authentication.diagnostic(
            target, node: "n", output: "a\nu@h: Permission denied (publickey).\n", waited: nil)
        #expect(denied.message == "cannot reach node `n` by ssh: it does not accept the login")
        #expect(denied.cause == "u@h: Permission denied (publickey).")
        #expect(
            denied.hint
                == "name the user and the key under `auth`, or add the key to your agent; `ssh -p 2222 -l u -i '/k e/y' -o IdentitiesOnly=yes h` shows more"
        )
        for (asking, rest) in [
            (SSHFailure.Asking.noTerminal, " shows more; passwords and codes are asked for only on a terminal"),
            (.oldClient, " shows more; passwords and codes are asked for with OpenSSH 8.4 or newer"),
        ] {
            let hint = SSHFailure.authentication.diagnostic(
                target, node: "n", output: "", waited: nil, asking: asking
            ).hint
            #expect(hint?.hasSuffix(rest) == true)
        }
        for (failure, hint) in [
            (SSHFailure.noRoute, "see whether the machine is up, and whether a firewall or a VPN is between"),
            (.timeout, "see whether the machine is up, and whether a firewall or a VPN is between"),
            (.lost, "see what listens there: it speaks no ssh, or has too many connections"),
            (
                .changedHostKey,
                "if the machine was installed anew, remove that line; otherwise something else answers at its address"
            ),
            (.otherHostKey, "correct its key under `auth.ssh_host_keys`, or find out what answers at its address"),
        ] {
            #expect(failure.diagnostic(target, node: "n", output: "", waited: nil).hint == hint)
        }
        #expect(SSHFailure.timeout.words == "it does not answer")
        #expect(SSHFailure.lost.words == "it closes the connection")
    }

    @Test(
        arguments: [
            ("OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026\n", .yes), ("OpenSSH_8.4p1, x\n", .yes),
            ("OpenSSH_8.3p1, x\n", .oldClient), ("OpenSSH_7.9p1, x\n", .oldClient), ("OpenSSH_10.0p2\n", .yes),
            ("", .yes),
        ] as [(String, SSHFailure.Asking)])
    func `old clients of OpenSSH cannot hand questions over`(version: String, asking: SSHFailure.Asking) {
        #expect(SSHFailure.Asking(version: version) == asking)
    }
}
