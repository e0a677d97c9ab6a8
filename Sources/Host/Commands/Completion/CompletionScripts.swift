extension CompletionShell {
    /// The script to source, which asks `program` while it is there, else the `ray` on PATH.
    package func script(program: String) -> String {
        switch self {
        case .bash: Self.bashScript.replacing("PROGRAM", with: program.shellQuoted)
        case .zsh: Self.zshScript.replacing("PROGRAM", with: program.shellQuoted)
        case .fish: Self.fishScript.replacing("PROGRAM", with: program.fishQuoted)
        }
    }

    private static let bashScript = #"""
        # Completion of `ray` for bash.
        _ray() {
            local program=PROGRAM line
            [[ -x $program ]] || program=ray
            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                    $'\tfiles') compopt -o default ;;
                    $'\tfolders') compopt -o dirnames ;;
                    *) COMPREPLY+=("$line") ;;
                esac
            done < <("$program" completion complete --shell bash --line -- "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)
            if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
        }
        complete -o nosort -F _ray ray
        """#

    private static let zshScript = #"""
        #compdef ray
        # Completion of `ray` for zsh.
        _ray() {
            local program=PROGRAM line
            local -a before=("${(@Q)words[1,CURRENT-1]}") texts shown openTexts openShown
            [[ -x $program ]] || program=ray
            shift before
            for line in "${(@f)$("$program" completion complete --shell zsh -- "${before[@]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}"; do
                case $line in
                    '') ;;
                    $'\tfiles') compset -P '-*='; _files ;;
                    $'\tfolders') compset -P '-*='; _files -/ ;;
                    *=|*=$'\t'*) openTexts+=("${line%%$'\t'*}"); openShown+=("${line/$'\t'/  -- }") ;;
                    *) texts+=("${line%%$'\t'*}"); shown+=("${line/$'\t'/  -- }") ;;
                esac
            done
            (( $#texts )) && compadd -V ray -l -d shown -a texts
            (( $#openTexts )) && compadd -V ray-open -S '' -l -d openShown -a openTexts
            return 0
        }
        if [[ $funcstack[1] == _ray ]]; then _ray "$@"; else compdef _ray ray; fi
        """#

    private static let fishScript = #"""
        # Completion of `ray` for fish.
        function __ray_complete
            set -l program PROGRAM
            test -x $program; or set program ray
            set -l before (commandline -opc)
            set -e before[1]
            set -l current (commandline -ct)
            # One element, also where it is empty: with none there would be no path behind it.
            set -l option (string match -r -- '^-[^=]*=' $current; or echo)
            set -l path (string replace -r -- '^-[^=]*=' '' $current)
            for line in ($program completion complete --shell fish -- $before "$current" 2>/dev/null </dev/null)
                switch $line
                    case \tfiles
                        printf '%s\n' $option(complete -C "'' $path")
                    case \tfolders
                        printf '%s\n' $option(__fish_complete_directories $path '')
                    case '*'
                        printf '%s\n' $line
                end
            end
        end
        complete -c ray -e
        complete -c ray -k -f -a '(__ray_complete)'
        """#
}

extension String {
    /// This text as one word of fish, whose single quotes know two escapes.
    fileprivate var fishQuoted: String {
        "'" + replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
