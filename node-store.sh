#!/bin/sh
# The environment store of a node: sh node-store.sh ROOT COMMAND [ARGUMENT…]
#   begin DIGEST | publish DIGEST <COMPONENTS | check DIGEST | verify DIGEST | use DIGEST | list
#   hold DIGEST ex|sh PURPOSE COMMAND… | gc CAP-BYTES [dry] [DIGEST-IN-USE…]
# Status: 1 not built, 2 damaged, 3 unlike its checksum records, 4 built already, 5 an output is absent,
# 64 usage, 69 a tool is missing, 70 anything else, 75 no lock.
# Between the tools here, paths are lines as the manifest has them; where a path must be as it is, its
# newlines are bytes 1, which is why no path may have such a byte.
set -eu
locale=${LC_ALL:-}
export LC_ALL=C
newline='
'
answer() { # STATUS: any other that this ends with is something unexpected
    answer=$1
    exit "$1"
}
die() { # STATUS MESSAGE
    printf 'node-store: %s\n' "$2" >&2
    answer "$1"
}
finish() { # STATUS
    [ -z "$work" ] || rm -rf "$work"
    [ "$1" -eq 0 ] || [ "$1" -eq "$answer" ] || exit 70
}
answer=0 work=
trap 'finish $?' EXIT
trap 'answer 129' HUP
trap 'answer 130' INT
trap 'answer 143' TERM
need() { # PACKAGE TOOL…
    package=$1
    shift
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || die 69 "$tool is missing: install $package"
    done
}
scratch() {
    need coreutils mktemp stat sort sha256sum touch tr wc
    need findutils find xargs
    need mawk awk
    need sed sed
    work=$(mktemp -d "${TMPDIR:-/tmp}/node-store.XXXXXX") || die 70 "cannot make a folder in ${TMPDIR:-/tmp}"
    work=$(cd "$work" && pwd)
    export work
}
library='
function path(n,  s) { for (s = $0; n > 0; n--) s = substr(s, index(s, " ") + 1); return s }
function written(s,  o, c, i) {
    if (!index(s, "\\") && !index(s, "\001")) return s
    for (i = 1; i <= length(s); i++) { c = substr(s, i, 1); o = o (c == "\\" ? "\\\\" : c == "\001" ? "\\n" : c) }
    return o
}
function raw(s,  o, i) {
    while (i = index(s, "\\")) { o = o substr(s, 1, i - 1) (substr(s, i + 1, 1) == "n" ? "\001" : "\\"); s = substr(s, i + 2) }
    return o s
}
function same(a, b,  x, y, n) {
    split(a, x, "."); split(b, y, "."); n = length(x[2]) < length(y[2]) ? length(x[2]) : length(y[2])
    return x[1] "" == y[1] "" && substr(x[2], 1, n) "" == substr(y[2], 1, n) ""
}
function older(a, b,  x, y) { split(a, x, "."); split(b, y, "."); return x[1] + 0 < y[1] + 0 || x[1] "" == y[1] "" && !same(a, b) && "0." x[2] < "0." y[2] }
'
decode() { awk "$library"'{ print raw($0) }' | tr '\001\012' '\012\000'; }
count() { wc -l <"$1" | tr -d ' '; }
digest_of() { { sha256sum <"$1" | sed 's/ .*//'; } 2>/dev/null; }
flush() { sync -f "$1" 2>/dev/null || sync "$1" 2>/dev/null || sync; }
plain() { [ -z "$(tr -dc '\001' <"$1")" ] || die 70 "a name with the control character 1 in $digest cannot be vouched for"; }

# Reads the stamp FILE into manifest, files, size, built and volatile; fails when it is not a whole one.
stamp() { # FILE
    [ -f "$1" ] && facts=$(digest=$digest awk 'BEGIN { RS = "\003" }
        NR == 1 { n = split($0, l, "\n") }
        END {
            if (NR != 1 || n < 8 || l[1] != "ray layer 1" || l[2] != "digest " ENVIRON["digest"]) exit 1
            if (l[3] !~ /^manifest [0-9a-f]+$/ || length(l[3]) != 73 || l[4] !~ /^files [0-9]+$/) exit 1
            if (l[5] !~ /^size [0-9]+$/ || l[6] !~ /^built [0-9TZ:.-]+$/ || l[n - 1] !~ /^components ./ || l[n] != "") exit 1
            for (i = 7; i < n - 1; i++) if (l[i] !~ /^volatile ./) exit 1
            print substr(l[3], 10), substr(l[4], 7), substr(l[5], 6), substr(l[6], 7)
            for (i = 7; i < n - 1; i++) print substr(l[i], 10)
        }' "$1" 2>/dev/null) || return 1
    volatile=
    case $facts in *"$newline"*) volatile=${facts#*"$newline"} ;; esac
    # shellcheck disable=SC2086 # words
    set -- ${facts%%"$newline"*}
    manifest=$1 files=$2 size=$3 built=$4
}
layer() { # DIGEST
    digest=$1 folder=$root/envs/$1
}
whole() { [ -d "$folder/layer" ] && stamp "$folder/OK"; }
used() { stat -c %Y "$folder/used" 2>/dev/null || stat -c %Y "$folder/OK" 2>/dev/null; }

# The paths, sorted, of what is in $work/raw, as find -print0 tells it, and not volatile.
paths() {
    plain "$work/raw"
    tr '\012\000' '\001\012' <"$work/raw" | volatile=$volatile here=$folder/layer/ awk "$library"'
        BEGIN { n = split(ENVIRON["volatile"], names, "\n"); for (i = 1; i <= n; i++) if (names[i] != "") skip[names[i]] }
        index($0, "./") == 1 {
            m = n ? split($0, parts, "/") : 0
            for (i = 2; i <= m; i++) if (parts[i] in skip) next
            $0 = substr($0, 3)
        }
        index($0, ENVIRON["here"]) != 1 { print written($0) }' | sort -u
}
# `KIND SIZE MTIME CTIME INODE PATH` of those of $work/paths that are there. Only names end in two slashes.
rows() {
    case $(stat -c %.9Y . 2>/dev/null) in *.?????????) digits=.9 ;; *) digits= ;; esac
    { decode <"$work/paths" | xargs -0 -r stat -c "%f %s %${digits}Y %${digits}Z %i %n//" -- 2>/dev/null || :; } |
        awk "$library"'
        { line = held ? line "\001" $0 : $0; held = 1 }
        substr(line, length(line) - 1) == "//" {
            $0 = substr(line, 1, length(line) - 2); held = 0
            type = substr($1, 1, length($1) - 3)
            kind = type == "a" ? "l" : type != "8" ? "o" : index("4567cdef", substr($1, length($1) - 1, 1)) ? "x" : "f"
            print kind, $2, $3, $4, $5, written(path(5))
        }' >"$work/rows"
}
# The SHA256 of each of the paths in the file $1, into the file $2; `-` for one that cannot be read.
hashes() {
    if decode <"$1" | xargs -0 -r sha256sum -- >"$work/sha" 2>/dev/null &&
        sed -n 's/^\\\{0,1\}\([0-9a-f]\{64\}\) [ *].*/\1/p' "$work/sha" >"$2" && [ "$(count "$1")" = "$(count "$2")" ]; then
        return
    fi
    awk "$library"'{ print raw($0) }' "$1" | while IFS= read -r name; do
        name=$(printf %sx "$name" | tr '\001' '\012') name=${name%x}
        sum=-
        [ ! -f "$name" ] || sum=$(digest_of "$name")
        echo "${sum:--}"
    done >"$2"
}
# The texts of the links in $work/links, each into a file below $work/texts, whose names are printed.
texts() {
    rm -rf "$work/texts"
    mkdir "$work/texts"
    awk "$library"'{ print path(5) }' "$work/links" >"$work/names"
    if decode <"$work/names" | xargs -0 -r readlink -z -- >"$work/raw" 2>/dev/null; then
        tr '\012\000' '\001\012' <"$work/raw" >"$work/targets"
    else
        decode <"$work/names" | xargs -0 -r stat -c %N -- >"$work/raw" 2>/dev/null || :
        awk "$library"'BEGIN {
            while ((getline < (ENVIRON["work"] "/links")) > 0) {
                head = "\047" raw(path(5)) "\047 -> \047"
                size = length(head) + $2 + 1
                if ((getline line < (ENVIRON["work"] "/raw")) <= 0) exit
                while (length(line) < size && (getline more < (ENVIRON["work"] "/raw")) > 0) line = line "\001" more
                if (length(line) != size || index(line, head) != 1) exit
                print substr(line, length(head) + 1, size - length(head) - 1)
            }
        }' >"$work/targets"
    fi
    plain "$work/raw"
    awk '{ gsub("\001", "\n"); f = sprintf("%09d", NR); g = ENVIRON["work"] "/texts/" f; printf "%s", $0 >g; close(g); print f }' "$work/targets"
}
# `SHA256 PATH` of each of the rows in the file $1, into $work/sums.
sums() {
    awk '$1 == "l"' "$1" >"$work/links"
    awk "$library"'$1 != "l" { print path(5) }' "$1" >"$work/files"
    hashes "$work/files" "$work/file-sums"
    texts >"$work/text-names"
    (cd "$work/texts" && hashes "$work/text-names" "$work/link-sums")
    awk "$library"'{
        if ((getline sum < (ENVIRON["work"] ($1 == "l" ? "/link-sums" : "/file-sums"))) <= 0) exit
        print sum, path(5) }' "$1" >"$work/sums"
    [ "$(count "$1")" = "$(count "$work/sums")" ] || die 70 "$folder/layer was changed while it was read"
}

# Compares $work/rows and $work/sums with the checksum records that RAY_CHECKSUMS tells of. A file that is
# not hashed as a regular one of this layer (a link, or elsewhere) is hashed then, whatever leads to it.
records() {
    for name in paths sums records; do : >"$work/later-$name"; done
    here=$folder/layer awk "$library"'
    function csv(s,  n, v, i) {
        for (n = 0; ; s = substr(s, 2)) {
            v = ""
            if (substr(s, 1, 1) == "\"") {
                for (s = substr(s, 2); (i = index(s, "\"")) && substr(s, i + 1, 1) == "\""; s = substr(s, i + 2)) v = v substr(s, 1, i)
                if (!i) return 0
                v = v substr(s, 1, i - 1); s = substr(s, i + 1)
            } else { i = index(s ",", ","); v = substr(s, 1, i - 1); s = substr(s, i) }
            field[++n] = v
            if (substr(s, 1, 1) != ",") return n
        }
    }
    function hex(s,  o, i, p) {
        if (length(s) != 43 || s ~ /[^A-Za-z0-9_-]/) return "none"
        for (i = 1; i < 43; i += 2) {
            p = substr(s, i, 2)
            if (!(p in pair)) pair[p] = sprintf("%03x", (index(digits, substr(p, 1, 1)) - 1) * 64 + index(digits, substr(p, 2, 1)) - 1)
            o = o pair[p]
        }
        return o sprintf("%x", int((index(digits, substr(s, 43, 1)) - 1) / 4))
    }
    function clean(p,  n, c, i, k, o) {
        n = split(p, c, "/"); k = 0
        for (i = 1; i <= n; i++) if (c[i] == "..") { if (k) k-- } else if (c[i] != "" && c[i] != ".") c[++k] = c[i]
        for (i = 1; i <= k; i++) o = o "/" c[i]
        return o
    }
    function matches(p,  i) { for (i in expression) if (p ~ expression[i]) return 1; return 0 }
    function record(p,  file, line, more, base, n, f, want, parts, i) {
        file = raw(p); gsub("\001", "\n", file); file = "./" file
        base = raw(p); sub(/[^\/]*$/, "..", base)
        while ((n = (getline line < file)) > 0) {
            while (!csv(line) && (getline more < file) > 0) line = line "\001" more
            sub(/\r$/, "", line)
            if (!csv(line)) { print "damaged", p, p; break }
            want = field[2]
            if (substr(want, 1, 7) != "sha256=") continue
            want = substr(want, 8); sub(/=+$/, "", want); want = hex(want)
            f = clean(substr(field[1], 1, 1) == "/" ? field[1] : here "/" base "/" field[1])
            if (index(f, here "/") == 1) {
                f = substr(f, length(here) + 2)
                n = split(f, parts, "/")
                for (i = 1; i <= n; i++) if (parts[i] in skip) break
                if (i <= n) continue
            }
            f = written(f)
            if (!(f in sum)) { print f >(work "/later-paths"); print want >(work "/later-sums"); print p >(work "/later-records") }
            else if (sum[f] != want) print "damaged", p, f
        }
        if (n < 0) print "damaged", p, p
        close(file)
    }
    BEGIN {
        work = ENVIRON["work"]; here = clean(ENVIRON["here"])
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        n = split(ENVIRON["RAY_VOLATILE"], names, "\n"); for (i = 1; i <= n; i++) if (names[i] != "") skip[names[i]]
        n = split(ENVIRON["RAY_CHECKSUMS"], names, "\n")
        for (i = 1; i <= n; i++) if (names[i] != "") {
            e = ""
            for (j = 1; j <= length(names[i]); j++) {
                c = substr(names[i], j, 1)
                e = e (c == "*" ? "[^/]*" : c ~ /[A-Za-z0-9_\/ -]/ ? c : c == "^" || c == "\\" ? "\\" c : "[" c "]")
            }
            expression[i] = "^" e "$"
        }
        while ((getline < (work "/rows")) > 0) {
            p = path(5); kind = $1
            getline < (work "/sums")
            if (kind != "l") sum[p] = $1
            if (substr(p, 1, 1) != "/" && matches(raw(p))) order[++found] = p
        }
        for (i = 1; i <= found; i++) record(order[i])
    }' >"$work/damaged"
    hashes "$work/later-paths" "$work/later-found"
    awk 'BEGIN {
        while ((getline path < (ENVIRON["work"] "/later-paths")) > 0) {
            getline want < (ENVIRON["work"] "/later-sums"); getline sum < (ENVIRON["work"] "/later-found")
            getline record < (ENVIRON["work"] "/later-records")
            if (sum != want) print "damaged", record, path
        }
    }' >>"$work/damaged"
    [ ! -s "$work/damaged" ] || { sort -u "$work/damaged" && answer 3; }
}

begin() {
    ! whole || die 4 "$digest is built already"
    [ ! -e "$folder" ] || { discard && wipe "$gone"; } || die 70 "cannot remove $folder"
    mkdir -p "$folder/layer" "$folder/tmp" || die 70 "cannot make $folder"
}
discard() {
    mkdir -p "$root/trash" && gone=$root/trash/$digest.$(uname -n).$$ && mv -f "$folder" "$gone"
}
wipe() { # PATH
    rm -rf "$1" 2>/dev/null || { find "$1" -type d -exec chmod u+rwx {} \; && rm -rf "$1"; } 2>/dev/null || :
}

publish() {
    components=$(cat)
    case $components in '' | *"$newline"*) die 64 "the components must be one line on standard input" ;; esac
    ! whole || die 4 "$digest is built already"
    [ -d "$folder/layer" ] || die 1 "$digest has no layer: begin comes first"
    volatile=${RAY_VOLATILE:-}
    cd "$folder/layer"
    find . \( -type f -o -type l \) -print0 >"$work/raw" || die 70 "cannot read all of $folder/layer"
    printf '%s\n' "${RAY_OUTPUTS:-}" | sed 's://*:/:g;s:\(.\)/$:\1:;/^$/d' >"$work/outputs"
    absent=
    while IFS= read -r output; do
        case $output in /*) ;; *) die 64 "the output $output is no absolute path" ;; esac
        if [ -e "$output" ] || [ -h "$output" ]; then
            find "$output" \( -type f -o -type l \) -print0 >>"$work/raw" || die 70 "cannot read all of $output"
        else
            printf 'absent %s\n' "$output" | sed 's:\\:\\\\:g'
            absent=1
        fi
    done <"$work/outputs"
    [ -z "$absent" ] || answer 5
    paths >"$work/paths"
    : >../used
    rows
    [ "$(count "$work/paths")" = "$(count "$work/rows")" ] || die 70 "$folder/layer was changed while it was read"
    sums "$work/rows"
    [ -z "${RAY_CHECKSUMS:-}" ] || records
    totals=$(folder=$folder awk "$library"'BEGIN {
        folder = ENVIRON["folder"]; printf "" >(folder "/manifest"); printf "" >(folder "/stamps")
        while ((getline < (ENVIRON["work"] "/rows")) > 0) {
            getline sum < (ENVIRON["work"] "/sums"); sub(/ .*/, "", sum)
            if (sum == "-") { print "read", path(5); exit 1 }
            print $1, $2, sum, path(5) >(folder "/manifest")
            print $2, $3, $4, $5, path(5) >(folder "/stamps")
            files++; size += $2
        }
        printf "%d %.0f\n", files, size }') || die 70 "cannot ${totals:-write $folder/manifest}"
    cd "$folder"
    [ "$(count manifest)" = "${totals% *}" ] && [ "$(count stamps)" = "${totals% *}" ] || die 70 "cannot write $folder/manifest"
    # What was changed as late as its stamp was taken may be changed again with the same stamp.
    touch -r used stamps
    wipe tmp
    flush manifest
    {
        printf 'ray layer 1\ndigest %s\nmanifest %s\n' "$digest" "$(digest_of manifest)"
        printf 'files %s\nsize %s\nbuilt %s\n' "${totals% *}" "${totals#* }" "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)"
        printf '%s\n' "$volatile" | sed '/^$/d;s/^/volatile /'
        printf 'components %s\n' "$components"
    } >"OK.$$.new"
    stamp "OK.$$.new" || die 70 "cannot write $folder/OK"
    flush "OK.$$.new"
    mv -f "OK.$$.new" OK
    sync "$folder" 2>/dev/null || :
}

check() { # quick or full
    whole || answer 1
    cd "$folder"
    [ "$(digest_of manifest)" = "$manifest" ] || { echo "changed manifest" && answer 2; }
    awk "$library"'{ print path(3) }' manifest >"$work/paths"
    cd layer
    rows
    # What is surely wrong, and `doubt SHA256 PATH` for what must be hashed.
    full=$1 folder=$folder taken=$(stat -c "%${digits}Y" ../stamps 2>/dev/null || :) awk "$library"'BEGIN {
        full = ENVIRON["full"] == "full"; work = ENVIRON["work"]; folder = ENVIRON["folder"]; trusted = !full
        printf "" >(work "/doubtful")
        while ((getline < (work "/rows")) > 0) now[path(5)] = $0
        while ((getline < (folder "/manifest")) > 0) {
            p = path(3)
            if (index(p, "\001")) exit 1
            kind = $1; bytes = $2; want = $3
            if (trusted) {
                trusted = (getline < (folder "/stamps")) > 0 && path(4) == p
                then_m = $2; then_c = $3; then_i = $4
            }
            if (!(p in now)) { print "missing", p; continue }
            split(now[p], n, " ")
            if (n[1] "" != kind "" || n[2] "" != bytes "" || trusted && !same(n[3], then_m)) print "changed", p
            else if (!trusted || !same(n[4], then_c) || n[5] "" != then_i "" || !older(then_c, ENVIRON["taken"])) {
                print "doubt", want, p; print now[p] >(work "/doubtful")
            }
        }
    }' >"$work/verdicts" || die 70 "a name with the control character 1 in $digest cannot be vouched for"
    sums "$work/doubtful"
    awk "$library"'BEGIN {
        while ((getline < (ENVIRON["work"] "/sums")) > 0) sum[path(1)] = $1
        while ((getline < (ENVIRON["work"] "/verdicts")) > 0)
            if ($1 != "doubt") print
            else if (sum[path(2)] "" != $2 "") print "changed", path(2)
    }' >"$work/found"
    if [ "$1" = full ]; then
        find . \( -type f -o -type l \) -print0 >"$work/raw" 2>/dev/null || :
        paths >"$work/there"
        awk 'BEGIN { while ((getline < (ENVIRON["work"] "/paths")) > 0) known[$0] } !($0 in known) { print "extra", $0 }' \
            "$work/there" >>"$work/found"
    fi
    [ ! -s "$work/found" ] || { cat "$work/found" && answer 2; }
    [ "$1" = quick ] && [ -s "$work/doubtful" ] || return 0
    # Where nothing may be written, the same files are hashed the next time again.
    { awk "$library"'{ print $2, $3, $4, $5, path(5) }' "$work/rows" >"$folder/stamps.$$.new" &&
        [ "$(count "$folder/stamps.$$.new")" = "$files" ] && mv -f "$folder/stamps.$$.new" "$folder/stamps" ||
        rm -f "$folder/stamps.$$.new"; } 2>/dev/null || :
}

list() {
    for entry in "$root"/envs/*; do
        layer "${entry##*/}"
        named && whole || continue
        echo "$digest $size $(used) $built"
    done
}
named() {
    case $digest in *[!0-9a-f]*) return 1 ;; esac
    [ ${#digest} -eq 32 ]
}

use() {
    whole || answer 1
    age=$(($(date +%s) - $(stat -c %Y "$folder/used" 2>/dev/null || echo 0)))
    [ "$age" -ge 0 ] && [ "$age" -lt 3600 ] || touch "$folder/used" 2>/dev/null || :
}

open_lock() { # descriptor 9
    lock=$root/locks/$digest.lock
    mkdir -p "$root/locks" 2>/dev/null || :
    if (: 9<>"$lock") 2>/dev/null; then
        exec 9<>"$lock"
    else
        (: 9<"$lock") 2>/dev/null && exec 9<"$lock"
    fi
}
holder() { # PURPOSE: what the lock says of this process
    purpose=$(printf %s "$1" | tr '\001-\037' ' ' | sed 's/["\\]/\\&/g')
    printf '{"pid":%s,"purpose":"%s","since":"%s","host":"%s"}' "$$" "$purpose" "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$(uname -n)"
}
tell_holder() {
    [ -s "$lock" ] || sleep 0.1 2>/dev/null || :
    awk 'function field(key,  s, o, i) {
            if (!match($0, "\"" key "\" *: *(\"([^\"\\\\]|\\\\.)*\"|[0-9]+)")) return ""
            s = substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 2); sub(/^ *: */, "", s)
            if (substr(s, 1, 1) == "\"") s = substr(s, 2, length(s) - 2)
            while (i = index(s, "\\")) { o = o substr(s, 1, i - 1) substr(s, i + 1, 1); s = substr(s, i + 2) }
            return o s
        }
        NR == 1 && field("purpose") != "" {
            printf "waiting for %s (process %s on %s since %s)\n", field("purpose"), field("pid"), field("host"), field("since"); told = 1
        }
        END { if (!told) print "waiting for another process" }' "$lock" >&2
}
hold() { # MODE PURPOSE COMMAND…
    trap - EXIT HUP INT TERM
    case $1 in ex) mode=-x ;; sh) mode=-s ;; *) usage ;; esac
    words=$(holder "$2")
    open_lock || die 75 "cannot open $lock"
    if ! flock -n $mode 9; then
        tell_holder
        flock $mode 9 || die 75 "cannot lock $lock"
        words=$(holder "$2")
    fi
    { printf '%s\n' "$words" >"$lock"; } 2>/dev/null || :
    shift 2
    if [ -n "$locale" ]; then LC_ALL=$locale; else unset LC_ALL; fi
    exec "$@"
}

gc() { # CAP [dry] [DIGEST-IN-USE…]
    cap=$1 dry=
    shift
    case $cap in '' | *[!0-9]*) usage ;; esac
    [ "${1:-}" != dry ] || { dry=1 && shift; }
    keep=" $* " total=0
    for entry in "$root"/envs/*; do
        layer "${entry##*/}"
        if ! named || [ ! -d "$folder" ]; then continue; fi
        if whole; then
            echo "$(used) $digest $size" >>"$work/candidates"
            total=$((total + size))
        else
            bytes=$(find "$folder" \( -type f -o -type l \) -print0 2>/dev/null | xargs -0 -r stat -c %s -- | awk '{ n += $1 } END { printf "%.0f", n }')
            remove "$bytes" unfinished "" || :
        fi
    done
    [ -s "$work/candidates" ] || : >"$work/candidates"
    sort -k1,1n -k2,2 "$work/candidates" >"$work/oldest"
    while read -r since entry bytes; do
        [ "$total" -gt "$cap" ] || break
        layer "$entry"
        ! remove "$bytes" unused "$since" || total=$((total - bytes))
    done <"$work/oldest"
    [ -z "$dry" ] || return 0
    for entry in "$root"/trash/* "$root"/trash/.[!.]*; do
        [ ! -e "$entry" ] && [ ! -h "$entry" ] || wipe "$entry"
    done
}
# Fails when the layer is in use or no longer what it was. In a process of its own, which ends the lock.
remove() ( # SIZE REASON USED
    case $keep in *" $digest "*) exit 1 ;; esac
    if [ -z "$dry" ] || [ -e "$root/locks/$digest.lock" ]; then
        open_lock && flock -n -x 9 || exit 1
    fi
    case $2 in
    unfinished) ! whole || exit 1 ;;
    unused) whole && [ "$(used)" = "$3" ] || exit 1 ;;
    esac
    if [ -z "$dry" ]; then
        { holder "ray environment gc" >"$lock"; } 2>/dev/null || :
        discard || exit 1
    fi
    echo "remove $digest $1 $2"
)

usage() { die 64 "usage: node-store.sh ROOT begin|publish|check|verify|use|list|hold|gc [ARGUMENT…]"; }
[ $# -ge 2 ] || usage
root=$1 command=$2
shift 2
case $root in '') usage ;; /*) ;; *) root=$PWD/$root ;; esac
case $command in
begin | publish | check | verify | use | hold)
    [ $# -ge 1 ] || usage
    layer "$1"
    named || usage
    shift
    ;;
esac
case $command,$# in
begin,0) need mawk awk && begin ;;
publish,0) scratch && publish ;;
check,0) scratch && check quick ;;
verify,0) scratch && check full ;;
list,0) need mawk awk && need coreutils stat && list ;;
use,0) need mawk awk && need coreutils stat touch && use ;;
hold,[3-9] | hold,[1-9][0-9]*) need util-linux flock && hold "$@" ;;
gc,[1-9]*) need util-linux flock && scratch && gc "$@" ;;
*) usage ;;
esac
