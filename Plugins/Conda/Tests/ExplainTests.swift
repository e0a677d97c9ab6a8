import Conda
import PluginKit
import Testing

/// Outputs of real runs that failed, of conda 4.3.16, conda 26 and py-rattler 0.28, and what is said about them.
@Suite struct ExplainTests {
    struct Output: Sendable, CustomTestStringConvertible {
        var name: String
        var dependencies = ["hello-tool=9", "hello-lib=2.0"]
        var pip: [String] = []
        var text: String
        var told: String

        var testDescription: String { name }
    }

    private static let missing = """
        [unsatisfiable]:10:5 no channel has a package that is `hello-tool=9`
        cause: channels: file:///c, nodefaults
        hint: look at its name and version, and at `channels`
        """
    private static let reach = "\nhint: look at the network, at the proxy and at `channels`"
    private static let pipMissing = """
        [unsatisfiable]:50:7 pip finds no version of `humanise-nope==1`
        cause: Could not find a version that satisfies the requirement humanise-nope==1 (from versions: none)
        hint: look at its name and version, and at the index it comes from
        """
    private static let pipOutput = """
        ERROR: Could not find a version that satisfies the requirement humanise-nope==1 (from versions: none)
        ERROR: No matching distribution found for humanise-nope==1
        """

    private static let outputs = [
        Output(
            name: "conda 4.3, missing",
            text: "NoPackagesFoundError: Package missing in current linux-64 channels: \n  - hello-tool 9*\n\n",
            told: missing),
        Output(
            name: "conda 26, missing",
            text:
                "PackagesNotFoundInChannelsError: The following packages are not available from current channels:\n\n  - hello-tool=9\n",
            told: missing),
        Output(
            name: "rattler, missing",
            text: "SolverError: Cannot solve the request because of: No candidates were found for hello-tool 9.*.\n",
            told: missing),
        Output(
            name: "mamba, missing",
            text:
                "error    libmamba Could not solve for environment specs\n    nothing provides requested hello-tool 9**,\n",
            told: missing),
        Output(
            name: "conda 4.3, a dependency is missing",
            text:
                "NoPackagesFoundError: Dependencies missing in current linux-64 channels: \n  - hello-tool 9* -> libz\n  - libz\n",
            told: missing + """

                [unsatisfiable]:1:1 no channel has a package that is `libz`
                cause: channels: file:///c, nodefaults
                hint: another package needs it: look at `channels`
                """),
        Output(
            name: "conda 4.3, conflict",
            text: """
                UnsatisfiableError: The following specifications were found to be in conflict:
                  - hello-lib 2.0*
                  - hello-tool 1.0* -> hello-lib >=1.0,<2
                Use "conda info <package>" to see the dependencies for each package.
                """,
            told: """
                [unsatisfiable]:10:5 the packages that are asked for exclude each other
                cause: - hello-lib 2.0*
                - hello-tool 1.0* -> hello-lib >=1.0,<2
                hint: loosen one of them
                """),
        Output(
            name: "rattler, conflict",
            text: """
                SolverError: Cannot solve the request because of: hello-tool 1.0.* cannot be installed because there are no viable options:
                └─ hello-tool 1.0 would require
                   └─ hello-lib >=1.0,<2, for which no candidates were found.
                """,
            told: """
                [unsatisfiable]:10:5 the packages that are asked for exclude each other
                cause: hello-tool 1.0.* cannot be installed
                └─ hello-tool 1.0 would require
                └─ hello-lib >=1.0,<2, for which no candidates were found.
                hint: loosen one of them
                """),
        Output(
            name: "conda 4.3, no channel",
            text: """
                WARNING: The remote server could not find the noarch directory for the
                requested channel with url: file:///c
                NoPackagesFoundError: Package missing in current linux-64 channels:\u{20}
                  - hello-tool
                """, told: "[network]:1:1 the channel `file:///c` is not there\nhint: correct `channels`"),
        Output(
            name: "rattler, no channel", text: "GatewayError: could not find subdir 'noarch' in channel 'file:///c/'\n",
            told: "[network]:1:1 the channel `file:///c` is not there\nhint: correct `channels`"),
        Output(
            name: "conda 26, no channel",
            text: "UnavailableInvalidChannel: HTTP 404 NOT FOUND for channel c <https://h/c/noarch/repodata.json>\n",
            told: "[network]:1:1 the channel `https://h/c` is not there\nhint: correct `channels`"),
        Output(
            name: "conda 4.3, refused",
            text: """
                CondaHTTPError: HTTP None None for url <http://127.0.0.1:9/chan/linux-64/repodata.json>
                ConnectionError(MaxRetryError("Max retries exceeded with url: /chan (Caused by [Errno 111] Connection refused"))
                """,
            told: "[network]:1:1 the channel `http://127.0.0.1:9/chan` cannot be reached: connection refused\(reach)"),
        Output(
            name: "rattler, no host",
            text: """
                GatewayError: error sending request for url (http://no.invalid/c/linux-64/repodata_shards.msgpack.zst)
                Caused by: dns error
                Caused by: failed to lookup address information: Name or service not known
                """,
            told:
                "[network]:1:1 the channel `http://no.invalid/c` cannot be reached: there is no host of this name\(reach)"
        ),
        Output(
            name: "conda, a server that fails",
            text: "CondaHTTPError: HTTP 503 SERVICE UNAVAILABLE for url <https://h/c/noarch/repodata.json>\n",
            told: """
                [network]:1:1 the channel `https://h/c` cannot be reached
                cause: CondaHTTPError: HTTP 503 SERVICE UNAVAILABLE for url <https://h/c/noarch/repodata.json>\(reach)
                """),
        Output(
            name: "conda, no access",
            text: "CondaHTTPError: HTTP 403 FORBIDDEN for url <https://u:p@h/c/noarch/repodata.json>\n",
            told: """
                [auth]:1:1 the channel `https://h/c` refuses access
                hint: log in as its owner says, or put the name and the password into `~/.netrc`
                """),
        Output(
            name: "conda, offline",
            text: "RuntimeError: EnforceUnusedAdapter called with url https://h/c in offline mode\n",
            told: """
                [network]:1:1 what is asked for is not in the package cache, and the network is switched off
                cause: RuntimeError: EnforceUnusedAdapter called with url https://h/c in offline mode
                hint: unset `CONDA_OFFLINE` and `MAMBA_OFFLINE`
                """),
        Output(
            name: "conda 4.3, pip", pip: ["humanise-nope==1"],
            text: pipOutput + "\nCondaValueError: Value error: pip returned an error.\n",
            told: pipMissing),
        Output(
            name: "conda 26, pip", pip: ["humanise-nope==1"], text: pipOutput + "\nCondaEnvException: Pip failed\n",
            told: pipMissing),
        Output(
            name: "pip of a lock", pip: ["x"], text: "ray: pip\nERROR: Failed building wheel for x\n",
            told: """
                [build-failed]:50:7 pip could not install what `pip:` asks for
                cause: Failed building wheel for x
                """),
        Output(
            name: "no pip", pip: ["x"], text: "ray: pip\n/e/bin/python: No module named pip\n",
            told: """
                [input]:50:7 the environment has no pip
                cause: /e/bin/python: No module named pip
                hint: add `python` and `pip` to `dependencies`
                """),
        Output(
            name: "disk", text: "CondaMultiError: OSError(28, 'No space left on device')\n",
            told: """
                [disk] no space is left
                cause: CondaMultiError: OSError(28, 'No space left on device')
                hint: make room, or choose another disk with `XDG_CACHE_HOME`
                """),
        Output(
            name: "hash of ours", text: "ray: hash of hello-tool-1.0-0.tar.bz2\n",
            told: """
                [hash]:1:1 `hello-tool-1.0-0.tar.bz2` is not the package that is locked
                hint: find out why it is another file; if it may be, `ray environment lock --upgrade`
                """),
        Output(
            name: "hash of conda", text: "MD5MismatchError: MD5 mismatch for hello-tool\n",
            told: """
                [hash]:1:1 a package is not the file that its channel or the lock says
                cause: MD5MismatchError: MD5 mismatch for hello-tool
                hint: try again; if it stays so, ask who keeps the channel
                """),
        Output(name: "nothing that is known", text: "Segmentation fault\n", told: ""),
    ]

    @Test(arguments: outputs) func `what tools mean when they fail`(_ output: Output) throws {
        var request = EnvironmentFile.request(output.dependencies, pip: output.pip)
        request.failure = StepFailure(operation: "lock", step: 0, status: 1, output: output.text)
        let found = try CondaBuilder().explain(request, .unobserved).diagnostics
        #expect(found.map(\.told).joined(separator: "\n") == output.told)
    }
}
