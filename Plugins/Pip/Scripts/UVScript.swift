import FoundationEssentials
import PipRequirements
import PluginKit

/// The scripts for uv.
struct UVScript {
    /// The shell's word for the program.
    var program: String
    var installer: Installer

    private var preamble: String {
        """
        \(Isolation.script)
        export UV_CACHE_DIR="${UV_CACHE_DIR:-$RAY_CACHE/uv}"
        uv() { \(program) --no-progress "$@"; }
        python=$RAY_LAYER/venv/bin/python

        """
    }

    /// Makes the environment.
    private var creation: String {
        let choice = installer.python?.path ?? installer.wanted
        return
            "uv venv --quiet\(installer.python?.seeing ?? "")\(choice.map { " --python \($0.shellQuoted)" } ?? "") \"$RAY_LAYER/venv\"\n"
    }

    /// Installs pip, and what else `python -m venv` would: a `pip install` inside of the environment must
    /// not reach the pip of the system.
    ///
    /// They are Python's own, so this needs no network.
    private func bundle(besides names: Set<String> = []) -> String {
        guard let python = installer.python else {
            guard !names.contains("pip") else { return "" }
            return UVScript.installingBundled(
                "\"$(\"$python\" -I -B -c 'import ensurepip; print(ensurepip.__path__[0])')/_bundled\" pip")
        }
        let bundled = bundled(besides: names)
        guard let wheels = python.wheels, !bundled.isEmpty else { return "" }
        return UVScript.installingBundled(
            "\(wheels.shellQuoted) \(bundled.map(\.shellQuoted).joined(separator: " "))")
    }

    private func bundled(besides names: Set<String>) -> [String] {
        (installer.python?.bundled ?? []).filter { !names.contains(String($0.prefix { $0 != "=" })) }
    }

    private static func installingBundled(_ what: String, _ place: String = "--python \"$python\"") -> String {
        """
        (
            unset UV_REQUIRE_HASHES UV_EXCLUDE_NEWER UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE
            uv pip install --quiet \(place) --no-config --no-index --no-deps --find-links \(what)
        )

        """
    }

    /// Unpacks the bundled pip into an empty cache, while what is resolved at the same time waits for the
    /// network: nearly a thousand small files.
    private var unpacking: (begin: String, end: String) {
        guard let python = installer.python, let wheels = python.wheels, !python.bundled.isEmpty else {
            return ("", "")
        }
        let what = "\(wheels.shellQuoted) \(python.bundled.map(\.shellQuoted).joined(separator: " "))"
        let place = "--target \"$TMPDIR/unpacked\" --python \(python.path.shellQuoted)"
        let begin = """
            unpacking=
            if ! [ -d "$UV_CACHE_DIR" ]; then
            { \(UVScript.installingBundled(what, place).withoutLastBreak)
            } >/dev/null 2>&1 &
            unpacking=$!
            fi

            """
        return (begin, "[ -z \"$unpacking\" ] || wait \"$unpacking\" || :\n")
    }

    /// An environment with nothing but pip in it.
    var empty: String { preamble + creation + bundle() }

    /// The variables of uv that choose versions have done so.
    private static let lockDecides =
        "unset UV_REQUIRE_HASHES UV_EXCLUDE_NEWER UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE UV_RESOLUTION UV_PRERELEASE\n"

    /// What was damaged is thrown out of the cache, which hard links may have damaged with it.
    private static let cleaning = #"""
        if [ -n "${RAY_DAMAGED:-}" ]; then
            printf '%s\n' "$RAY_DAMAGED" | while IFS= read -r record; do
                name=${record%.dist-info/RECORD}
                name=${name##*/}
                [ -z "$name" ] || uv cache clean --quiet "${name%-*}" </dev/null
            done
        fi

        """#

    /// The cache is asked first: what is there needs no network, not even to see that it is the newest.
    ///
    /// A build that failed has no need of another one with the network.
    private var install: String {
        #"""
        has_more() {
            count=$1
            set -- "$UV_CACHE_DIR"/archive-*/*
            [ $# -gt $count ]
        }
        install() {
            # Where no more is unpacked than the bundled pip, there is nothing to install from.
            has_more \#(installer.python?.bundled.count ?? 0) || return 75
            if uv pip install --quiet --offline --python "$python" "$@" 2>"$TMPDIR/offline"; then return; fi
            if grep -q 'build backend returned an error' "$TMPDIR/offline" \
                && ! grep -qi -e offline -e 'network was disabled' -e 'network connectivity' "$TMPDIR/offline"; then
                cat "$TMPDIR/offline" >&2
                return 1
            fi
            return 75
        }
        fetch() {
            status=0
            install "$@" || status=$?
            [ $status = 75 ] || return $status
            uv pip install --quiet --python "$python" "$@"
        }

        """#
    }

    /// Installs exactly what is locked.
    func installation(of packages: LockedPackages, _ sources: SourceFile, _ settings: PipSettings) -> String {
        let arguments = "--no-deps\(sources.hostArguments)\(sources.isEmpty ? "" : #" -r "$TMPDIR/sources""#)"
        let restricts = settings.restrictsBinaries || sources.restrictsBinaries
        var script =
            preamble + UVScript.lockDecides + settings.script(resolves: false) + creation + UVScript.cleaning
            + install + indexed(packages, arguments, restrictsBinaries: restricts)
        if !packages.entries(of: .folders).isEmpty {
            script += "fetch \"$@\" --reinstall \(arguments) -r \"$TMPDIR/folders\"\n"
        }
        return script
    }

    /// Installs what is in no folder, and the bundled pip: with one call where the cache has it all.
    private func indexed(_ packages: LockedPackages, _ arguments: String, restrictsBinaries: Bool) -> String {
        let names = Set(packages.entries.compactMap(\.name))
        let bundle = bundle(besides: names)
        let files = packages.fileArguments
        guard !files.isEmpty else { return bundle }
        let together = bundled(besides: names).map(\.shellQuoted).joined(separator: " ")
        guard !restrictsBinaries, !together.isEmpty, let wheels = installer.python?.wheels else {
            return bundle + "fetch \"$@\" \(arguments)\(files)\n"
        }
        return """
            status=0
            install "$@" \(arguments)\(files) --find-links \(wheels.shellQuoted) \(together) || status=$?
            if [ $status = 75 ]; then
            \(bundle.withoutLastBreak)
                uv pip install --quiet --python "$python" "$@" \(arguments)\(files)
            elif [ $status != 0 ]; then
                exit $status
            fi

            """
    }

    /// Resolves and installs the requirements of a file.
    ///
    /// Folders are installed once more: uv would take what it built of them before for as long as some
    /// of their files are as they were.
    func installation(
        of file: String, folders: [String], _ settings: PipSettings, _ sources: SourceFile
    ) -> String {
        let again =
            folders.isEmpty
            ? ""
            : """
            {
            \(ShellText.printing(folders.joined(separator: "\n")))} > "$TMPDIR/folders"
            uv pip install --quiet --python "$python" "$@" --no-deps --reinstall -r "$TMPDIR/folders"

            """
        return preamble + settings.script(resolves: true) + creation + UVScript.cleaning + bundle()
            + "uv pip install --quiet --python \"$python\" \"$@\"\(sources.hostArguments) -r \(file)\n" + again
    }

    /// Resolves the requirements of a file into `$RAY_LOCK`.
    ///
    /// What was locked stays, except for its hashes: a wheel of the same name may have others now.
    func locking(
        of file: String, upgrade: Upgrade, keeps: Bool, _ settings: PipSettings, _ sources: SourceFile
    ) -> String {
        guard let version = installer.version else { return "" }
        let choice = (installer.python?.path).map { " --python \($0.shellQuoted)" } ?? ""
        let upgrades =
            upgrade.all ? " --upgrade" : upgrade.names.map { " --upgrade-package \($0.shellQuoted)" }.joined()
        let unpacking = unpacking
        let shared = "--quiet --no-header --no-annotate --python-version \(version.minorText)\(choice)"
        return """
            \(preamble)\(settings.script(resolves: true))\(unpacking.begin)umask 077
            lock=$TMPDIR/lock
            \(keeps ? UVScript.preferences : "")status=0
            uv pip compile \(shared) --universal --generate-hashes "$@"\(sources.hostArguments)\(upgrades) -o "$lock" \
            \(file) >/dev/null 2>"$TMPDIR/errors" || status=$?
            \(unpacking.end)cat "$TMPDIR/errors" >&2
            if [ $status != 0 ]; then
                name=$(sed -n 's/.*there is no version of \\([A-Za-z0-9._-]*\\).*/\\1/p' "$TMPDIR/errors" | head -n 1)
                if [ -n "$name" ]; then
                    printf '%s\\n' "$name" | uv pip compile \(shared) --offline --no-deps "$@" - 2>/dev/null \
                        | sed -n 's/^\\([^ =]*\\)==\\([^ ]*\\).*/ray: newest \\1 \\2/p' >&2
                fi
                exit $status
            fi
            {
                printf '%s\\n' '\(LockText.header(python: version))'
                sed -e '/^--/d' -e '/^ *#/d' -e '/^$/d' -e 's|\\(https\\{0,1\\}://\\)[^/ ]*@|\\1|g' \
                    -e 's|\\(://[^/:@ ]*\\):[^/ ]*@|\\1@|g' "$lock"
            } > "$RAY_LOCK"

            """
    }

    private static let preferences = #"""
        if [ -s "$RAY_LOCK" ]; then sed -e 's/[[:space:]]*\\$//' -e '/^[[:space:]]*--hash=/d' "$RAY_LOCK" > "$lock"; fi

        """#
}

/// What every installer needs: nothing of the user's own Python may reach into the environment, and
/// nothing of the user's settings may lead out of it.
enum Isolation {
    static let script = """
        unset PYTHONHOME PYTHONPATH VIRTUAL_ENV UV_SYSTEM_PYTHON UV_PYTHON UV_VENV_SEED UV_NO_VERIFY_HASHES UV_COMPILE_BYTECODE
        export PYTHONDONTWRITEBYTECODE=1
        # Links would lead out of the environment, into what uv may clean.
        [ "${UV_LINK_MODE:-}" != symlink ] || unset UV_LINK_MODE
        """
}

extension LockedPackages {
    /// The files that hold what comes from elsewhere, as arguments.
    var fileArguments: String {
        [Part.hashed, .unhashed].filter { !entries(of: $0).isEmpty }.map { " -r \"$TMPDIR/\($0.rawValue)\"" }.joined()
    }

    /// Commands that write the files.
    func writing(_ sources: SourceFile) -> String {
        var script = "mask=$(umask)\numask 077\n"
        if !sources.isEmpty { script += "{\n:\n\(sources.printing)} > \"$TMPDIR/sources\"\n" }
        for part in Part.allCases where !entries(of: part).isEmpty {
            script += "{\n\(printing(part))} > \"$TMPDIR/\(part.rawValue)\"\n"
        }
        return script + "umask \"$mask\"\n"
    }
}

extension String {
    /// The text without the line break at its end.
    fileprivate var withoutLastBreak: String { hasSuffix("\n") ? String(dropLast()) : self }
}
