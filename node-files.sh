#!/bin/sh
# Puts a set of files on a node. What comes before this text sets its words:
#   check STATE DIGEST   what is there: the line `same`, or `differs` and sections, `NAME SIZE` and so many bytes
#   push STATE DIGEST N  puts files; standard input is a list of what to do, then, once this has said
#                        `ray-files go`, a tar archive. It ends with `ray-files done` and status 0, or with why not
#   kind PATH            `folder`, `file` or `none`
#   give PATH            the file or folder as a tar archive, after the line `ray-files folder` or `ray-files file`
#
# STATE, a folder below the home, has
#   done/       what was put, whole: digest, manifest, files and folders (paths, zero bytes between), stamps
#   pending     paths that may be ours too, while something is being put; mark is as old as the first of them
#   new/        the list of what to do, an archive in base64, of N lines:
#     pending, pending.folders, gone, empty, open, folders.put, root.MODE, mode.MODE, blocked, done/
# Nothing is touched before pending is there, and it is removed when done is right. So whatever ends this, the
# next one knows what may have been touched; what it finds with another stamp than in done, it puts again.
# Folders are made here and not by tar, which would put one in the place of a link that leads to a folder.
LC_ALL=C TZ=UTC0
export LC_ALL TZ
umask 022
verb=$1
shift

stamps() { # FOLDER: of the paths in FOLDER/files and FOLDER/folders
    xargs -0 -r stat -c '%f %s %i %y|%z%n' <"$1/files" 2>/dev/null
    xargs -0 -r stat -L -c '%f%n' <"$1/folders" 2>/dev/null
}
# Opened once: a node that shares this home may put another in its place meanwhile.
section() { # NAME FILE
    [ -f "$2" ] || return 0
    {
        printf '%s %s\n' "$1" "$(($(wc -c </proc/self/fd/3)))"
        cat <&3
    } 2>/dev/null 3<"$2" || :
}
# What this home is called, on all nodes that share it.
house() {
    house=$HOME/.local/state/ray/house
    if [ ! -s "$house" ]; then
        mkdir -p "${house%/*}"
        cat /proc/sys/kernel/random/uuid >"$house.$$" && ln "$house.$$" "$house"
        rm -f "$house.$$"
    fi 2>/dev/null
    cat "$house" 2>/dev/null
}
check() { # STATE DIGEST
    state=$HOME/$1
    last=$state/done
    if [ ! -e "$state/pending" ] && [ "$(cat "$last/digest" 2>/dev/null)" = "$2 $HOME" ] &&
        stamps "$last" | cmp -s - "$last/stamps"; then
        echo same
        return
    fi
    echo differs
    printf 'home %s\n%s' "$(($(printf %s "$HOME" | wc -c)))" "$HOME"
    house=$(house)
    printf 'house %s\n%s' "${#house}" "$house"
    section manifest "$last/manifest"
    section stamps "$last/stamps"
    if [ -e "$state/pending" ]; then
        section pending "$state/pending"
        section pending.folders "$state/pending.folders"
        mark=$(stat -c %y "$state/mark" 2>/dev/null)
        printf 'mark %s\n%s' "${#mark}" "$mark"
    fi
    printf 'now -\n'
    [ ! -d "$last" ] || stamps "$last"
    [ ! -e "$state/pending" ] || xargs -0 -r stat -c '%f %s %i %y|%z%n' <"$state/pending" 2>/dev/null
    return 0
}

fail() { # TEXT
    printf 'ray-files: %s\n' "$1" >&2
    exit 1
}
each() { # LIST COMMAND…: with the paths of the list; a list that is not there has none
    [ -s "$state/new/$1" ] || return 0
    list=$state/new/$1
    shift
    xargs -0 -r "$@" <"$list"
}
push() { # STATE DIGEST LINES
    state=$HOME/$1
    mkdir -p "$state" && rm -rf "$state/new" && mkdir -m 700 "$state/new" || exit 1
    # Of what can end at a line, only head never waits for more than that.
    head -n "$3" | base64 -d | tar -x -f - -C "$state/new" || exit 1
    [ -e "$state/new/done/digest" ] || fail 'the list of what to do has not come whole'
    [ -e "$state/pending" ] || { rm -f "$state/mark" && true >"$state/mark"; } || exit 1
    mv -f "$state/new/pending.folders" "$state/pending.folders" && mv -f "$state/new/pending" "$state/pending" || exit 1

    each open chmod u+rwx 2>/dev/null
    each gone rm -f || exit 1
    each empty rmdir 2>/dev/null
    for list in "$state"/new/root.*; do
        [ -e "$list" ] || continue
        # shellcheck disable=SC2016 # for the shell that xargs starts
        each "${list##*/}" sh -c 'mode=$1; shift
            count=$#
            for path; do
                [ ! -d "$path" ] || continue
                [ ! -e "$path" ] && [ ! -h "$path" ] || rm -f "$path" || exit 255
                set -- "$@" "$path"
            done
            shift "$count"
            [ $# = 0 ] || mkdir -p -m "$mode" "$@" || exit 255' sh "${list##*.}" || exit 1
    done
    # shellcheck disable=SC2016
    each folders.put sh -c 'for path; do [ -d "$path" ] || rm -f "$path" || exit 255; done' sh || exit 1
    each folders.put mkdir -p || exit 1
    # shellcheck disable=SC2016
    each blocked sh -c 'for path; do
            if [ -d "$path" ] && [ ! -h "$path" ] && ! rmdir "$path" 2>/dev/null; then
                printf "ray-files: %s is a folder with other files in it\n" "$path" >&2
                status=255
            fi
        done; exit "${status:-0}"' sh || exit 1

    echo 'ray-files go'
    tar -x -p -o -f - -C / || exit 1
    [ "$(cat "$state/new/commit" 2>/dev/null)" = "$2" ] || fail 'the files have not come whole'
    for list in "$state"/new/mode.*; do
        [ ! -e "$list" ] || each "${list##*/}" chmod "${list##*.}" || exit 1
    done
    stamps "$state/new/done" >"$state/new/done/stamps" && printf '%s\n' "$2 $HOME" >"$state/new/done/digest" || exit 1
    rm -rf "$state/done" && mv "$state/new/done" "$state/done" || exit 1
    rm -f "$state/pending" "$state/pending.folders" "$state/mark"
    rm -rf "$state/new"
    echo 'ray-files done'
}

# $path: where it is on this node, which may be in the home.
place() { # PATH
    case $1 in
    '~') path=$HOME ;;
    '~/'*) path=$HOME/${1#??} ;;
    /*) path=$1 ;;
    *) path=$HOME/$1 ;;
    esac
}
there() { [ -e "$1" ] || [ -h "$1" ]; }
kind() { # PATH
    place "$1"
    if [ -d "$path" ]; then echo folder; elif there "$path"; then echo file; else echo none; fi
}
give() { # PATH
    place "$1"
    there "$path" || exit 3
    if [ -d "$path" ]; then
        cd "$path" && echo 'ray-files folder' && tar -c -f - .
    else
        cd "${path%/*}/" && echo 'ray-files file' && tar -c -f - "./${path##*/}"
    fi
}
"$verb" "$@"
