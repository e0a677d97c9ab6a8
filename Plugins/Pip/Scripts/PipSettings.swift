import PluginKit

/// What pip is configured with, in its files and variables, told to uv.
///
/// uv reads neither. The facts say where each setting stands, never what it is, for it may hold a
/// password; the script reads it when it runs. What the user told uv itself goes first.
struct PipSettings {
    private let facts: [String: String]
    /// Whether the requirements name an index, which replaces the configured ones as in pip.
    private let choosesIndex: Bool

    init(_ facts: [String: String], choosesIndex: Bool) {
        self.facts = facts
        self.choosesIndex = choosesIndex
    }

    /// Whether uv is told to take no wheels, so that not even the bundled pip could be installed by it.
    var restrictsBinaries: Bool { facts["setting_no_binary"] != nil }

    /// Sets the variables of uv, and its arguments as `"$@"`.
    ///
    /// `resolves` is whether versions are chosen, not only installed.
    func script(resolves: Bool) -> String {
        // An index of the user's is looked for before one is set here.
        let blocks = [
            flag("no_index", "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_INDEX:-}", "--no-index"),
            choosesIndex ? nil : index, choosesIndex ? nil : extraIndexes, links, hosts, proxy, certificates, timeout,
            resolves ? flag("pre", "${UV_PRERELEASE:-}", "--prerelease allow") : nil,
            list("no_binary", "--no-binary"), list("only_binary", "--only-binary"),
            resolves ? constraints : nil,
        ].compactMap { $0 }
        guard !blocks.isEmpty else { return "set --\n" }
        return PipSettings.reader + "set --\n" + blocks.joined()
    }

    private static let reader = #"""
        setting() {
            sed -n "$1p" "$2" | sed -e '1s/^[^=:]*[=:]//' -e '/^[[:space:]]*[#;]/d' \
                | tr -s '\n\r\t ' '    ' | sed -e 's/^ *//' -e 's/ *$//'
        }

        """#

    /// The shell's word for the value of a setting; nil where there is none.
    private func value(_ name: String) -> String? {
        guard let reference = facts["setting_\(name)"] else { return nil }
        if reference == "env" { return "\"$PIP_\(name.uppercased())\"" }
        let parts = reference.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].allSatisfy({ $0.isNumber || $0 == "," }) else { return nil }
        return "\"$(setting \(parts[0]) \(String(parts[1]).shellQuoted))\""
    }

    private var hasOwnIndex: Bool { facts["uv_config"] != nil }

    private var index: String? {
        guard !hasOwnIndex, let value = value("index_url") else { return nil }
        return """
            if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
                UV_INDEX_URL=\(value)
                export UV_INDEX_URL
            fi

            """
    }

    private var extraIndexes: String? {
        guard !hasOwnIndex, let value = value("extra_index_url") else { return nil }
        return """
            if [ -z "${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-}" ]; then
                UV_EXTRA_INDEX_URL=\(value)
                export UV_EXTRA_INDEX_URL
            fi

            """
    }

    /// Folders that are not there are nothing to pip and an error to uv.
    private var links: String? {
        guard let value = value("find_links") else { return nil }
        return """
            if [ -z "${UV_FIND_LINKS:-}" ]; then
                links=\(value)
                UV_FIND_LINKS=
                set -f
                for link in $links; do
                    case $link in "~/"*) link=${HOME:-}/${link#"~/"} ;; esac
                    case $link in *://*) ;; *) [ -e "$link" ] || continue ;; esac
                    UV_FIND_LINKS=${UV_FIND_LINKS:+$UV_FIND_LINKS,}$link
                done
                set +f
                if [ -n "$UV_FIND_LINKS" ]; then export UV_FIND_LINKS; else unset UV_FIND_LINKS; fi
            fi

            """
    }

    private var hosts: String? {
        guard let value = value("trusted_host") else { return nil }
        return """
            if [ -z "${UV_INSECURE_HOST:-}" ]; then
                UV_INSECURE_HOST=\(value)
                export UV_INSECURE_HOST
            fi

            """
    }

    private var proxy: String? {
        guard let value = value("proxy") else { return nil }
        return """
            proxy=\(value)
            case $proxy in *://*) ;; *) proxy=http://$proxy ;; esac
            HTTP_PROXY=$proxy HTTPS_PROXY=$proxy http_proxy=$proxy https_proxy=$proxy
            export HTTP_PROXY HTTPS_PROXY http_proxy https_proxy

            """
    }

    private var certificates: String {
        let authority = value("cert") ?? "\"${REQUESTS_CA_BUNDLE:-${CURL_CA_BUNDLE:-}}\""
        let client = value("client_cert").map {
            """
            if [ -z "${SSL_CLIENT_CERT:-}" ]; then
                SSL_CLIENT_CERT=\($0)
                export SSL_CLIENT_CERT
            fi

            """
        }
        return """
            authority=\(authority)
            case $authority in "~/"*) authority=${HOME:-}/${authority#"~/"} ;; esac
            if [ -n "$authority" ] && [ -z "${SSL_CERT_FILE:-}${SSL_CERT_DIR:-}" ]; then
                if [ -d "$authority" ]; then export SSL_CERT_DIR="$authority"; else export SSL_CERT_FILE="$authority"; fi
            fi

            """ + (client ?? "")
    }

    private var timeout: String? {
        guard let value = value("timeout") ?? value("default_timeout") else { return nil }
        return """
            if [ -z "${UV_HTTP_TIMEOUT:-}" ]; then
                timeout=\(value)
                UV_HTTP_TIMEOUT=${timeout%%.*}
                export UV_HTTP_TIMEOUT
            fi

            """
    }

    private func flag(_ name: String, _ own: String, _ argument: String) -> String? {
        guard let value = value(name) else { return nil }
        return """
            if [ -z "\(own)" ]; then
                flag=\(value)
                case $flag in 1 | [YyTt]* | [Oo][Nn]) set -- "$@" \(argument) ;; esac
            fi

            """
    }

    /// By a variable, since a URL among them may hold a password, which an argument would show.
    private var constraints: String? {
        guard let value = value("constraint") else { return nil }
        return """
            if [ -z "${UV_CONSTRAINT:-}" ]; then
                items=\(value)
                set -f
                for item in $(printf '%s' "$items" | tr ',' ' '); do
                    case $item in "~/"*) item=${HOME:-}/${item#"~/"} ;; esac
                    UV_CONSTRAINT=${UV_CONSTRAINT:+$UV_CONSTRAINT }$item
                done
                set +f
                export UV_CONSTRAINT
            fi

            """
    }

    private func list(_ name: String, _ argument: String) -> String? {
        guard let value = value(name) else { return nil }
        return """
            items=\(value)
            set -f
            for item in $(printf '%s' "$items" | tr ',' ' '); do
                case $item in "~/"*) item=${HOME:-}/${item#"~/"} ;; esac
                set -- "$@" \(argument) "$item"
            done
            set +f

            """
    }
}
