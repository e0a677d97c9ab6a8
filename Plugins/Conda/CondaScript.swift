import PipRequirements
import PluginKit

/// The scripts that have a tool of the conda family do its work.
///
/// They keep to what conda since 4.3, mamba and micromamba have in common: settings in variables, `env create` with a
/// file and a prefix, `create` with an explicit list, and the status alone as the answer.
struct CondaScript {
    let tool: CondaTool
    /// As channels call it: `linux-64`.
    let platform: String

    /// Creates what a document asks for.
    func creating(_ document: EnvironmentDocument, title: String) -> [Step] {
        steps(title, creation(document), document, pip: installing(document), end: CondaScript.activating(layer))
    }

    /// Creates it to see what it comes to, and prints that into the lock.
    func locking(_ document: EnvironmentDocument, title: String) -> [Step] {
        let end = document.pip.isEmpty ? listing : preamble + listing + CondaScript.pipListing
        return steps(title, creation(document), document, pip: installing(document), end: end)
    }

    /// Creates what is locked; pip installs what the document asks for in the versions that are locked.
    func creating(_ lock: CondaLock, _ document: EnvironmentDocument, title: String) -> [Step] {
        var script = preamble
        let lines = ["@EXPLICIT"] + lock.packages.map(\.explicit)
        script += CondaScript.printing(lines, into: "\"$TMPDIR/explicit.txt\"")
        let sums = lock.packages.compactMap { package in package.sha256.map { "\($0)  \(package.file)" } }
        script += CondaScript.printing(sums, into: "\"$TMPDIR/sums\"")
        script += create("create -q -p \(layer) --file \"$TMPDIR/explicit.txt\"")
        return steps(
            title, script, document, pip: installing(document, versions: lock.pip), end: CondaScript.activating(layer))
    }

    /// The tool's step, and that of pip where there is anything for it; `end` is what the last of them does besides.
    private func steps(
        _ title: String, _ creation: String, _ document: EnvironmentDocument, pip: String, end: String
    ) -> [Step] {
        let count = document.requirements.count
        guard !document.pip.isEmpty else { return [Step(title: title, script: creation + end, timeout: 3600)] }
        return [
            Step(title: title, script: creation, timeout: 3600),
            Step(
                title: "install \(count == 1 ? "1 requirement" : "\(count) requirements") with its pip",
                script: pip + end, timeout: 3600),
        ]
    }

    private func creation(_ document: EnvironmentDocument) -> String {
        preamble + writing(document) + create("env create -q -f \"$TMPDIR/environment.yml\" -p \(layer)")
    }

    private var layer: String { "\"$RAY_LAYER/env\"" }

    /// Has the environment's own pip install, from the folder that paths start from; not more than these versions.
    private func installing(_ document: EnvironmentDocument, versions: [String] = []) -> String {
        let words = document.pipWords.map(\.shellQuoted).joined(separator: " ")
        return CondaScript.printing(document.pipLines, into: "\"$TMPDIR/pip.txt\"")
            + CondaScript.printing(versions, into: "\"$TMPDIR/versions.txt\"") + """
                unset CONDA_PREFIX PYTHONHOME PYTHONPATH VIRTUAL_ENV
                export PYTHONNOUSERSITE=1
                echo 'ray: pip' >&2
                (
                    cd \(document.folder.remote.shellQuoted)
                    PATH=$RAY_LAYER/env/bin:$PATH
                    python -m pip install -q --no-input --disable-pip-version-check \
                        \(words) -r "$TMPDIR/pip.txt" -c "$TMPDIR/versions.txt" </dev/null >&2
                )

                """
    }

    /// Nothing that is active around it, nor what asks, links or waits for people, has a say.
    private var preamble: String {
        """
        unset CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_SHLVL CONDA_PROMPT_MODIFIER CONDA_PYTHON_EXE PYTHONHOME PYTHONPATH VIRTUAL_ENV
        export CONDA_ALWAYS_YES=true MAMBA_ALWAYS_YES=true CONDA_NOTIFY_OUTDATED_CONDA=false CONDA_REPORT_ERRORS=false
        export CONDA_REGISTER_ENVS=false CONDA_AUTO_ACTIVATE_BASE=false
        # A file that is changed in one environment may not be that of the next.
        export CONDA_ALWAYS_COPY=true MAMBA_ALWAYS_COPY=true CONDA_ALWAYS_SOFTLINK=false
        tool=\(tool.path.shellQuoted)
        # Engines do not all lay it out alike.
        packages=${CONDA_PKGS_DIRS:-$RAY_CACHE/packages/${tool#/}}
        export CONDA_PKGS_DIRS="$packages"
        packages=${packages%%[,:]*}
        export MAMBA_ROOT_PREFIX="${MAMBA_ROOT_PREFIX:-$RAY_CACHE/root}"
        # Tools that say nothing to a file say everything to a terminal.
        export CONDA_JSON=false CONDA_QUIET=true


        """
    }

    /// The document as the tool reads it: every text in quotes, which are those of JSON.
    private func writing(_ document: EnvironmentDocument) -> String {
        var lines: [String] = []
        if !document.channels.isEmpty {
            lines.append("channels:")
            lines += document.channels.map { "  - \($0.jsonQuoted)" }
        }
        lines.append("dependencies:")
        lines += document.packages.map { "  - \($0.text.jsonQuoted)" }
        return CondaScript.printing(lines, into: "\"$TMPDIR/environment.yml\"")
    }

    /// Runs the tool alone on its package cache.
    ///
    /// conda takes a package for unpacked that it was killed in the middle of: what is as young as the last run that
    /// did not end is unpacked again.
    private func create(_ arguments: String) -> String {
        """
        mkdir -p "$packages"
        exec 9>>"$packages/.ray.lock"
        if ! flock -n 9; then
            echo 'waiting for another that uses the same package cache' >&2
            flock 9
        fi
        begun=$packages/.ray.begun
        if [ -e "$begun" ]; then
            find "$packages" -mindepth 1 -maxdepth 1 -type d -cnewer "$begun" -exec rm -rf {} +
        else
            : >"$begun"
        fi
        status=0
        "$tool" \(arguments) </dev/null >&2 || status=$?
        if [ $status = 0 ] && [ -s "$TMPDIR/sums" ]; then
            while read -r sum name; do
                [ ! -f "$packages/$name" ] || printf '%s  %s\\n' "$sum" "$name"
            done <"$TMPDIR/sums" >"$TMPDIR/present"
            (cd "$packages" && sha256sum --quiet -c "$TMPDIR/present" 2>/dev/null) |
                sed -n 's/^\\(.*\\): FAILED.*/ray: hash of \\1/p' >"$TMPDIR/wrong"
            if [ -s "$TMPDIR/wrong" ]; then
                cat "$TMPDIR/wrong" >&2
                status=65
            fi
        fi
        [ $status != 0 ] || rm -f "$begun"
        exec 9>&-
        [ $status = 0 ] || exit $status

        """
    }

    static let verify = "[ -d \"$RAY_LAYER/env/conda-meta\" ]\n"

    /// Whether all that is locked says that it is there.
    static func verify(_ lock: CondaLock) -> String {
        lock.packages.map { package in
            let file = "\"$RAY_LAYER/env/conda-meta/\"\((package.identity + ".json").shellQuoted)"
            return "[ -e \(file) ] || { echo \("ray: missing \(package.identity)".shellQuoted) >&2; missing=1; }\n"
        }.joined() + "[ -z \"${missing:-}\" ]\n"
    }

    /// Commands that write these lines into a file.
    private static func printing(_ lines: [String], into file: String) -> String {
        var delimiter = "RAY_TEXT"
        while lines.contains(delimiter) { delimiter += "_" }
        return "cat >\(file) <<'\(delimiter)'\n" + lines.map { $0 + "\n" }.joined() + "\(delimiter)\n"
    }
}

extension CondaScript {
    /// Prints into the lock what is in the environment, in the order of names.
    ///
    /// MD5 is what every tool compares; the SHA256 is that of the archive itself where it is there, and else what the package's record says.
    private var listing: String {
        #"""
        printf '# platform %s\n' '\#(platform)' >"$RAY_LOCK"
        # The strings of the outermost object of each record: between quotes, a quote in them counted out.
        awk 'function tell() {
                if (file != "") print found["url"], found["md5"] == "" ? "-" : found["md5"], found["sha256"] == "" ? "-" : found["sha256"]
                split("", found); inside = depth = 0; file = FILENAME
            }
            BEGIN { RS = "\""; wanted["url"]; wanted["md5"]; wanted["sha256"] }
            FNR == 1 { tell() }
            inside {
                text = text $0; n = 0
                while (substr($0, length($0) - n, 1) == "\\") n++
                if (n % 2) { text = text "\""; next }
                inside = 0
                if (depth == 1 && value && key in wanted) found[key] = text
                if (depth == 1 && !value) key = text
                next
            }
            {
                inside = 1; text = ""; outside = $0
                depth += gsub(/[{[]/, "", outside) - gsub(/[]}]/, "", outside)
                value = $0 ~ /:[ \t\r\n]*$/ && $0 !~ /[{[,]/
            }
            END { tell() }' "$RAY_LAYER"/env/conda-meta/*.json >"$TMPDIR/records"
        while read -r url rest; do
            [ ! -f "$packages/${url##*/}" ] || printf '%s\n' "${url##*/}"
        done <"$TMPDIR/records" >"$TMPDIR/archives"
        (cd "$packages" && xargs -r sha256sum --) <"$TMPDIR/archives" >"$TMPDIR/found"
        awk -v found="$TMPDIR/found" '
            BEGIN { while ((getline line < found) > 0) { split(line, words, " "); sum[words[2]] = words[1] } }
            {
                name = $1; sub(/.*\//, "", name)
                sub(/:\/\/[^\/ ]*@/, "://", $1); gsub(/\/t\/[^\/ ]*\//, "/", $1)
                if (name in sum) $3 = sum[name]
                print $1 ($2 == "-" ? "" : "#" $2) ($3 == "-" ? "" : " sha256:" $3)
            }' "$TMPDIR/records" >>"$RAY_LOCK"

        """#
    }

    /// What pip has put beside what conda's records know of.
    private static let pipListing = #"""
        echo '# pip' >>"$RAY_LOCK"
        for info in "$RAY_LAYER"/env/lib/python*/site-packages/*.dist-info; do
            [ -e "$info/METADATA" ] && [ ! -e "$info/direct_url.json" ] || continue
            name=${info##*/}
            ! grep -qF "site-packages/$name/METADATA" "$RAY_LAYER"/env/conda-meta/*.json || continue
            name=${name%.dist-info}
            printf '%s==%s\n' "${name%-*}" "${name##*-}"
        done | sort >>"$RAY_LOCK"

        """#

    /// Finds out once what the packages' own activation scripts set, for all that will run there.
    static func activating(_ prefix: String) -> String {
        #"""
        prefix=\#(prefix)
        if [ -d "$prefix/etc/conda/activate.d" ]; then
            cat >"$TMPDIR/activate" <<'RAY_TEXT'
        export CONDA_PREFIX="$1" CONDA_SHLVL=1 PATH="$1/bin:$PATH"
        env -0 >"$2/before"
        for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
            [ ! -f "$script" ] || . "$script" >&2
        done
        env -0 >"$2/after"
        RAY_TEXT
            shell=$(command -v bash) || shell=sh
            "$shell" "$TMPDIR/activate" "$prefix" "$TMPDIR" </dev/null
            for file in before after; do tr '\n\0' '\1\n' <"$TMPDIR/$file" | sort >"$TMPDIR/$file.lines"; done
            awk -v before="$TMPDIR/before.lines" '
                function name(line) { return substr(line, 1, index(line, "=") - 1) }
                BEGIN { while ((getline line < before) > 0) old[name(line)] = substr(line, index(line, "=") + 1) }
                {
                    n = name($0); text = substr($0, index($0, "=") + 1); seen[n]
                    if (n !~ /^[A-Za-z_][A-Za-z0-9_]*$/ || n ~ /^(_|PWD|OLDPWD|SHLVL|TMPDIR|RAY_.*)$/ || index(text, "\001")) next
                    if (!(n in old)) { print n "=" text; next }
                    if (text == old[n]) next
                    rest = length(text) - length(old[n])
                    if (rest > 1 && old[n] != "" && substr(text, rest) == ":" old[n]) print n "+=" substr(text, 1, rest - 1)
                    else print n "=" text
                }
                END { for (n in old) if (!(n in seen) && n ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && n !~ /^RAY_/) print "-" n }
            ' "$TMPDIR/after.lines" >"$RAY_LAYER/activation"
        fi

        """#
    }
}

extension String {
    /// This text in the quotes of JSON, which are those of YAML too.
    fileprivate var jsonQuoted: String {
        "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t") + "\""
    }
}
