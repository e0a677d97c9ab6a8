import FoundationEssentials
import PluginKit

/// The scripts for Python's own tools.
struct PipScript {
    var python: Installer.Python

    /// A `user = true` in the user's configuration would make pip refuse, a `target` lead it elsewhere.
    private var preamble: String {
        """
        \(Isolation.script)
        unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_REPORT PIP_REQUIRE_VIRTUALENV
        export PIP_USER=0
        python=$RAY_LAYER/venv/bin/python
        pip() {
            status=0
            "$python" -m pip install --quiet --no-compile --disable-pip-version-check --no-input --progress-bar off \\
                --log "$TMPDIR/pip.log" "$@" || status=$?
            # What pip says when it is quiet is not why an index gave nothing, nor what excludes what.
            [ $status = 0 ] || sed -n -e 's/^[0-9T:,-]* *//' -e '/^To fix this/q' -e '/^Could not fetch URL/p' \\
                -e '/^The conflict is caused by:/,$s/^/ray: /p' "$TMPDIR/pip.log" | head -n 12 >&2
            return $status
        }

        """
    }

    private var creation: String {
        guard let wheels = python.wheels, let pip = python.bundled.first(where: { $0.hasPrefix("pip==") }) else {
            return "\(python.path.shellQuoted) -m venv\(python.seeing) \"$RAY_LAYER/venv\"\n"
        }
        let names = python.bundled.map(\.shellQuoted).joined(separator: " ")
        return """
            \(python.path.shellQuoted) -m venv --without-pip\(python.seeing) "$RAY_LAYER/venv"
            wheel=\(wheels.shellQuoted)/pip-\(pip.dropFirst(5))-py3-none-any.whl
            "$python" "$wheel/pip" install --quiet --no-compile --disable-pip-version-check --isolated --no-index --no-deps \
            --find-links \(wheels.shellQuoted) \(names)

            """
    }

    var empty: String { preamble + creation }

    /// Installs exactly what is locked.
    ///
    /// pip wants hashes for all that one call installs, or for nothing.
    func installation(of packages: LockedPackages, _ sources: SourceFile) -> String {
        let arguments = "--no-deps\(sources.pipHostArguments)\(sources.isEmpty ? "" : #" -r "$TMPDIR/sources""#)"
        var script = preamble + "unset PIP_CONSTRAINT\n" + creation
        for part in LockedPackages.Part.allCases where !packages.entries(of: part).isEmpty {
            let hashes = part == .hashed ? " --require-hashes" : ""
            script += "pip \(arguments)\(hashes) -r \"$TMPDIR/\(part.rawValue)\"\n"
        }
        return script
    }

    /// Resolves and installs the requirements of a file.
    func installation(of file: String) -> String { preamble + creation + "pip -r \(file)\n" }
}

/// The script that brings uv, with the pip that Python brings along, into the folder that builds share.
enum BringingUV {
    static func script(_ python: Installer.Python) -> String {
        """
        \(Isolation.script)
        unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_REPORT PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT PIP_NO_BINARY
        export PIP_USER=0
        bring() {
            mkdir -p "$RAY_CACHE/bin" || return
            place=$RAY_CACHE/bin/.uv.$$
            for wheel in \((python.wheels ?? "").shellQuoted)/pip-*.whl; do
                \(python.path.shellQuoted) "$wheel/pip" install --quiet --no-compile --disable-pip-version-check --no-input \\
                    --progress-bar off --retries 1 --no-deps --only-binary :all: --target "$place" uv || return
                mv -f "$place/bin/uv" "$RAY_CACHE/bin/uv" || return
                break
            done
            [ -x "$RAY_CACHE/bin/uv" ]
        }
        if [ ! -x "$RAY_CACHE/bin/uv" ]; then
            bring 2>"$TMPDIR/errors" || {
                tail -n 3 "$TMPDIR/errors" >&2
                echo 'uv could not be brought from the package index: using python -m venv and pip, which takes longer' \\
                    >> "${RAY_NOTES:-/dev/null}"
            }
            rm -rf "$RAY_CACHE/bin/.uv.$$"
        fi

        """
    }

    /// `first` where uv is there when the script runs, otherwise `second`.
    static func choice(_ first: String, _ second: String) -> String {
        "if [ -x \"$RAY_CACHE/bin/uv\" ]; then\n\(first)else\n\(second)fi\n"
    }
}
