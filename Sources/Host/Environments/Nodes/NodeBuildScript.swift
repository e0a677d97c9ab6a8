/// The script that builds a layer on a node, under the lock of the layer's digest.
///
/// POSIX sh. Lines of its own begin with `mark`: `step NUMBER`, `note TEXT`, `failed STATUS`, `absent PATH`,
/// `damaged RECORD: FILE`, `changed DIGEST`. It never ends with 0, since a layer can be removed after it.
struct NodeBuildScript: Sendable {
    let place: NodePlace
    let plan: LayerPlan
    let below: [LayerPlan]
    let project: String
    /// A file of variables that it reads and removes, where there is one.
    let secrets: String

    static let mark = "\u{1}"
    /// The status when the layer is there.
    static let built = 100

    var text: String {
        """
        set +e
        store() { sh \(place.storeScript.shellQuoted) \(place.store.root.shellQuoted) "$@"; }
        digest=\(plan.digest)
        if [ "${1-}" != held ]; then
            store hold $digest ex \("building \(plan.plugin.id) for `\(project)`".shellQuoted) sh "$0" held
            exit $?
        fi
        tell() { printf '\\001%s\\n' "$*"; }
        if [ -f \(secrets.shellQuoted) ]; then
            . \(secrets.shellQuoted)
            rm -f \(secrets.shellQuoted)
        fi
        store check $digest >/dev/null 2>&1
        case $? in
        0) exit \(Self.built) ;;
        2)
            tell note 'it is damaged: building it again'
            rm -f \(folder.shellQuoted)/OK
            ;;
        esac
        \(place.entering(below))
        \(NodePlace.exports(own))
        run() { # NUMBER, with the script as standard input
            tell step "$1"
            mkdir -p "$TMPDIR" && cat >"$TMPDIR/step" || exit 101
            (cd \(place.directory.shellQuoted) && exec sh -e -c '. "$TMPDIR/step"') </dev/null
            status=$?
            [ ! -f "$RAY_NOTES" ] || { sed "s/^/$(printf '\\001')note /" "$RAY_NOTES" && rm -f "$RAY_NOTES"; }
            [ $status = 0 ] || { tell failed $status && exit 101; }
        }
        build() {
        \(plan.steps.enumerated().map { run($0.offset, $0.element.script) }.joined(separator: "\n"))
        (
        \(plan.activation.shellText)
        \(run(plan.steps.count, plan.verify ?? ":"))
        ) || exit 101
        }
        export RAY_DAMAGED=
        for attempt in 1 2; do
            store begin $digest || exit 102
            mkdir -p "$RAY_CACHE"
            build
            \(below.map { "store check \($0.digest) >/dev/null || { tell changed \($0.digest) && exit 103; }" }.joined(separator: "\n"))
            found=$(
        \(NodePlace.exports(publication))
        store publish $digest <<'END_OF_COMPONENTS'
        \(String(decoding: plan.publication.components, as: UTF8.self))
        END_OF_COMPONENTS
            )
            case $? in
            0 | 4) exit \(Self.built) ;;
            3)
                tell damaged "$(printf '%s\\n' "$found" | sed -n '1s/^damaged \\([^ ]*\\) /\\1: /p')"
                [ $attempt = 2 ] || tell note 'the cache of the tool is damaged: building once more without it'
                RAY_DAMAGED=$(printf '%s\\n' "$found" | awk '{ print $2 }' | sort -u)
                ;;
            5)
                tell "$(printf '%s\\n' "$found" | sed -n 1p)"
                exit 104
                ;;
            *) exit 105 ;;
            esac
        done
        exit 106
        """
    }

    private var folder: String { place.store.folder(plan.digest) }

    /// What is set for a build alone.
    private var own: [String: String] {
        [
            "RAY_LAYER": plan.prefix, "TMPDIR": place.store.temporary(plan.digest),
            "RAY_CACHE": place.store.cache(of: plan.plugin.id),
            "RAY_NOTES": place.store.temporary(plan.digest) / "notes",
        ]
    }

    private var publication: [String: String] {
        [
            "RAY_VOLATILE": plan.publication.volatile, "RAY_OUTPUTS": plan.publication.outputs,
            "RAY_CHECKSUMS": plan.publication.checksums,
        ].mapValues { $0.joined(separator: "\n") }
    }

    private func run(_ number: Int, _ script: String) -> String {
        "run \(number) <<'END_OF_STEP_\(number)'\n\(script)\nEND_OF_STEP_\(number)"
    }
}
