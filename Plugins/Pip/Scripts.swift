import FoundationEssentials
import PluginKit

/// What both installers need: nothing of the user's own Python may reach into the environment.
private let isolation = "unset PYTHONHOME PYTHONPATH"

/// The scripts for uv.
struct UVScript {
    var uv: String
    var python: String?
    var pythonVersion: String?
    var wheels: String?

    private var preamble: String {
        """
        \(isolation)
        export UV_CACHE_DIR="${UV_CACHE_DIR:-$RAY_CACHE/uv}"
        """
    }

    /// Makes the environment, with pip as `python -m venv` would: a `pip install` inside of it must
    /// not reach the pip of the system.
    ///
    /// The pip is Python's own, so this needs no network.
    var creation: String {
        let choice = python.map { " --python \($0.shellQuoted)" } ?? ""
        var lines = [preamble, #"\#(uv.shellQuoted) venv --quiet --no-progress\#(choice) "$RAY_LAYER/venv""#]
        if let wheels {
            lines.append(
                #"\#(uv.shellQuoted) pip install --quiet --no-progress --python "$RAY_LAYER/venv/bin/python" "#
                    + "--no-config --no-index --no-deps --find-links \(wheels.shellQuoted) \(bundled)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What `python -m venv` installs.
    private var bundled: String {
        let minor = pythonVersion?.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 12
        return minor < 12 ? "pip setuptools" : "pip"
    }

    /// Installs the requirements.
    ///
    /// uv does not read pip's variables: what they say is passed on where the user told uv nothing
    /// else. `--index-url` in a file goes before `PIP_INDEX_URL`, as in pip.
    func installation(of file: String, translatesIndex: Bool) -> String {
        let index = """
            if [ -n "${PIP_INDEX_URL:-}" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
                export UV_INDEX_URL="$PIP_INDEX_URL"
            fi

            """
        return """
            \(preamble)
            \(translatesIndex ? index : "")if [ -n "${PIP_EXTRA_INDEX_URL:-}" ] && [ -z "${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-}" ]; then
                export UV_EXTRA_INDEX_URL="$PIP_EXTRA_INDEX_URL"
            fi
            if [ -n "${PIP_FIND_LINKS:-}" ] && [ -z "${UV_FIND_LINKS:-}" ]; then
                UV_FIND_LINKS=$(printf '%s' "$PIP_FIND_LINKS" | tr -s ' ' ',')
                export UV_FIND_LINKS
            fi
            \(uv.shellQuoted) pip install --quiet --no-progress --python "$RAY_LAYER/venv/bin/python" -r \(file)

            """
    }
}

/// The scripts for Python's own tools.
enum PipScript {
    static func creation(_ python: String) -> String {
        """
        \(isolation)
        \(python.shellQuoted) -m venv "$RAY_LAYER/venv"

        """
    }

    /// Installs the requirements.
    ///
    /// A `user = true` in the user's configuration would make pip refuse.
    static func installation(of file: String) -> String {
        """
        \(isolation)
        export PIP_USER=0
        "$RAY_LAYER/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --progress-bar off -r \(file)

        """
    }
}
