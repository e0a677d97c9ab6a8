#!/bin/sh
# The one conversation that is held with a node while it is set up. Started over a channel whose standard
# input stays free:  exec sh -c 'eval "$(printf %s BASE64 | base64 -d)"' ray-node-agent FOLDER
# It says `ready 1`, then answers requests, many at a time. A request is a line; those with + are followed
# by a body, which is base64 in lines up to a line `.`. Every text that is told is base64, in one word.
#   run ID LIMIT +               a script that ends with the conversation: out ID B64 · err ID B64 · end ID STATUS
#   step ID DIGEST LIMIT KIND +  a script that goes on without it (KIND sh or login):
#                                started ID | found ID · log ID B64 · end ID STATUS | end ID 0 skipped
#   put ID MODE PATH-B64 +       a file, whole or not at all
#   cancel ID                    end ID 130, from what has that ID and has not ended
#   forget ID [DIGEST…]          removes what is kept of other steps, unless they run
#   lease ID OWNER NAME-B64 [force] | release ID OWNER     end ID 0 | held ID OWNER NAME-B64 · end ID 1
#   quit                       as the end of standard input: ends each run at once, and no step
# STATUS: what the script ended with, `timeout` after LIMIT seconds (0: none), `lost` when what watched over
# a step is gone; 1 with `err ID B64` when something failed here, 64 with it when nobody could understand.
#
# A step is FOLDER/steps/DIGEST: script (of KIND sh), log, status (`STATUS NUMBER`, the last that is written) and
# pid.NUMBER, which says who runs it. A number is taken with a hard link, so one taker gets it, and only when
# that of the number before has ended; the highest one counts and is never removed. So nobody ever takes a
# claim away from someone, and needs no lock for it. Leases are claimed in the same way.
# Lines are at most a page long and written at once, which is what keeps them whole.
newline='
'
characters=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789
cap=262144

# What watches over a script, here and in processes that outlive this one. Its names begin with ray_, since a
# user's rc files have been read where it watches over the commands of login shells.
keeper='
ray_look() { # PID: its state, parent, group and start; fails when there is no such process
    ray_state= ray_parent= ray_group= ray_start=
    { read -r ray_line <"/proc/$1/stat"; } 2>/dev/null || return 1
    set -- ${ray_line##*") "}
    ray_state=$1 ray_parent=$2 ray_group=$3 ray_start=${20}
    case $ray_state in [ZX]) return 1 ;; esac
}
ray_alive() { # PID START BOOT
    [ "${3:-none}" = "$ray_boot" ] && ray_look "$1" && [ "$ray_start" = "$2" ]
}
ray_newest() { # FILE: the highest NUMBER of all FILE.NUMBER
    ray_number=0
    for ray_file in "$1".*; do
        ray_file=${ray_file##*.}
        case $ray_file in "" | 0* | *[!0123456789]* | ??????????*) continue ;; esac
        [ "$ray_file" -le "$ray_number" ] || ray_number=$ray_file
    done
}
ray_read() { # FILE: the first line, as $ray_words; fails when there is none
    ray_words=
    [ -f "$1" ] && { read -r ray_words <"$1"; } 2>/dev/null
}
ray_owner() { # STEP NUMBER: who runs it; fails when that one is gone
    ray_read "$1/pid.$2"
    set -- $ray_words
    ray_token=${4:-} ray_script=${5:-} ray_since=${6:-}
    ray_alive "${1:-0}" "${2:-}" "${3:-}"
}
ray_members() { # the processes of $ray_child that are alive
    ray_found= ray_before=none
    [ -n "$ray_grouped" ] || ray_found=" $ray_child "
    while [ "$ray_found" != "$ray_before" ]; do
        ray_before=$ray_found
        for ray_file in /proc/[0-9]*; do
            ray_file=${ray_file#/proc/}
            case $ray_found in *" $ray_file "*) continue ;; esac
            ray_look "$ray_file" || continue
            if [ -n "$ray_grouped" ]; then
                [ "$ray_group" != "$ray_child" ] || ray_found="$ray_found $ray_file "
            else
                case $ray_found in *" $ray_parent "*) ray_found="$ray_found $ray_file " ;; esac
            fi
        done
        [ -z "$ray_grouped" ] || return 0
    done
}
ray_signal() { # SIGNAL
    [ -n "$ray_child" ] || return 1
    if [ -n "$ray_grouped" ]; then
        kill -"$1" -"$ray_child" 2>/dev/null
    else
        ray_members
        for ray_file in $ray_found; do kill -"$1" "$ray_file" 2>/dev/null; done
    fi
}
ray_finish() { # $ray_child and its group, or where it has none, what descends from it
    [ -n "$ray_child" ] || return 0
    ray_members
    ray_all=$ray_found
    ray_signal TERM
    for ray_try in 1 2 3 4 5 6 7 8 9 10; do
        [ -z "$ray_grouped" ] || { ray_members && ray_all=$ray_found; }
        ray_left=
        for ray_file in $ray_all; do ! ray_look "$ray_file" || ray_left=1; done
        [ -n "$ray_left" ] || return 0
        command sleep 0.1 2>/dev/null || command sleep 1
    done
    ray_signal KILL
    for ray_file in $ray_all; do kill -KILL "$ray_file" 2>/dev/null; done
}
ray_wait() { # LIMIT: for $ray_child; its status, or why it was ended, is in $ray_result then
    if [ "$1" -gt 0 ]; then
        # A session of its own is ended whole, at whatever point it is.
        ray_setsid=$(command -v setsid)
        $ray_setsid sh -c "sleep \$1; ! grep -q ray[-_] /proc/\$2/cmdline || kill -USR1 \$2" ray-timer "$1" "$ray_me" \
            </dev/null >/dev/null 2>&1 9<&- &
        ray_timer=$!
    fi
    [ -z "$ray_verdict" ] || ray_finish
    while :; do
        wait "$ray_child"
        ray_result=$?
        [ "$ray_result" -gt 128 ] && kill -0 "$ray_child" 2>/dev/null || break
    done
    ray_stop_timer
    ray_result=${ray_verdict:-$ray_result}
}
ray_stop_timer() {
    [ -z "$ray_timer" ] || kill -KILL -"$ray_timer" 2>/dev/null || kill -KILL "$ray_timer" 2>/dev/null
}
ray_begin() { # before anything is waited for
    ray_child= ray_grouped= ray_verdict= ray_timer=
    read -r ray_me ray_line </proc/self/stat
    { read -r ray_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || ray_boot=unknown
}
ray_fail() { # TEXT
    command rm -f "$ray_step/claim.$ray_mine" "$ray_step/script.$ray_mine" 2>/dev/null
    echo "fail $ray_mine $1"
}
# Claims the step and runs its script.$ray_mine. Tells whoever reads: done | found NUMBER | begun NUMBER,
# later result STATUS; or fail TEXT.
ray_keep() { # STEP TOKEN LIMIT KIND FRESH
    ray_step=$1 ray_mine=$2 ray_limit=$3 ray_kind=$4 ray_fresh=$5
    trap : HUP PIPE
    trap "ray_verdict=timeout; ray_finish" USR1
    trap "ray_verdict=cancelled; ray_finish" TERM
    ray_begin
    ray_look "$ray_me"
    ray_self="$ray_me $ray_start $ray_boot $ray_mine"
    { echo "$ray_self" >"$ray_step/claim.$ray_mine"; } 2>/dev/null || { ray_fail "cannot write in $ray_step"; return; }
    while :; do
        ray_newest "$ray_step/pid"
        if ray_owner "$ray_step" "$ray_number"; then
            command rm -f "$ray_step/claim.$ray_mine" "$ray_step/script.$ray_mine"
            echo "found $ray_mine $ray_number"
            return
        fi
        ray_last=$ray_number
        ray_claim=$ray_step/pid.$((ray_last + 1))
        if command ln "$ray_step/claim.$ray_mine" "$ray_claim" 2>/dev/null; then
            ray_newest "$ray_step/pid"
            [ "$ray_claim" != "$ray_step/pid.$ray_number" ] || break
            command rm -f "$ray_claim"
        elif [ ! -e "$ray_claim" ]; then
            ray_fail "cannot make $ray_claim"
            return
        fi
    done
    # Whoever ran it until now may have ended since it was looked at.
    ray_read "$ray_step/status"
    if [ "${ray_words%% *}" = 0 ]; then
        command rm -f "$ray_step/claim.$ray_mine" "$ray_step/script.$ray_mine"
        echo "done $ray_mine"
        return
    fi
    # A script whose keeper is gone has nobody who would tell how it ends.
    if ray_read "$ray_step/pid.$ray_last"; then
        set -- $ray_words
        if [ $# -ge 6 ] && ray_alive "$5" "$6" "$3"; then
            ray_child=$5
            [ "$ray_group" != "$ray_child" ] || ray_grouped=1
            ray_finish
            ray_child= ray_grouped=
        fi
    fi
    # claim.* is the same file as pid.NUMBER, which nobody may see half written: it is removed before it is used again.
    set -- "$ray_step/claim.$ray_mine" "$ray_step/status" "$ray_step/log"
    for ray_file in "$ray_step"/pid.*; do [ "$ray_file" = "$ray_claim" ] || set -- "$@" "$ray_file"; done
    command rm -f "$@"
    # Commands of login shells are in $ray_text.
    { [ "$ray_kind" = login ] || command mv -f "$ray_step/script.$ray_mine" "$ray_step/script"; } && true >"$ray_step/log" || {
        ray_fail "cannot write in $ray_step"
        return
    }
    [ -n "$ray_verdict" ] || "ray_run_$ray_kind"
    if [ -n "$ray_child" ]; then
        ray_look "$ray_child"
        [ "$ray_group" != "$ray_child" ] || ray_grouped=1
        { echo "$ray_self $ray_child $ray_start" >"$ray_step/claim.$ray_mine" &&
            command mv -f "$ray_step/claim.$ray_mine" "$ray_claim"; } 2>/dev/null || command rm -f "$ray_step/claim.$ray_mine"
        echo "begun $ray_mine $ray_number"
        ray_wait "$ray_limit"
    else
        ray_result=$ray_verdict
    fi
    # The claim itself is last read when the status is there, or its owner is not.
    { echo "$ray_result $ray_number" >"$ray_step/claim.$ray_mine" &&
        command mv -f "$ray_step/claim.$ray_mine" "$ray_step/status"; } 2>/dev/null || command rm -f "$ray_step/claim.$ray_mine"
    echo "result $ray_mine $ray_result"
}
ray_run_sh() {
    if command -v setsid >/dev/null 2>&1; then
        setsid $ray_fresh sh -e "$ray_step/script" </dev/null >"$ray_step/log" 2>&1 &
        ray_grouped=1
    else
        $ray_fresh sh -e "$ray_step/script" </dev/null >"$ray_step/log" 2>&1 &
    fi
    ray_child=$!
}
ray_run_login() {
    set -m 2>/dev/null
    (
        set +m 2>/dev/null
        IFS=$ray_ifs
        [ -z "${BASH_VERSION:-}" ] || shopt -s expand_aliases
        case $ray_flags in *f*) set -f ;; esac
        case $ray_flags in *u*) set -u ;; esac
        case $ray_flags in *e*) set -e ;; esac
        case $ray_flags in *x*) set -x ;; esac
        eval "$ray_text"
    ) </dev/null >"$ray_step/log" 2>&1 9<&- &
    ray_child=$!
    set +m 2>/dev/null
}
'
eval "$keeper"
# A shell that has read the rc files once, and runs one step after the other of those that descriptor 9 names.
login="[ -z \"\${BASH_VERSION:-}\" ] || shopt -u expand_aliases
$keeper"'
ray_serve() {
    ray_flags=$- ray_ifs=$IFS
    set +e +u +x +f
    [ -z "${BASH_VERSION:-}" ] || shopt -u expand_aliases
    IFS=" 	
"
    export OMP_NUM_THREADS=1 PYTHONWARNINGS=ignore
    IFS= read -r ray_steps <&9
    IFS= read -r ray_fifo <&9
    # Whoever makes this folder decides: from here on nobody ends this shell, which would lose how a step ends.
    IFS= read -r ray_go <&9
    command mkdir "$ray_go" 2>/dev/null || exit 0
    while read -r ray_digest ray_mine ray_limit <&9 && [ "$ray_digest" != / ]; do
        ray_text=$(command base64 -d "${ray_fifo%/*}/${ray_mine##*.}" && echo x)
        if [ -z "$ray_text" ]; then
            # Where it is gone, so is whoever asked for it.
            [ ! -s "${ray_fifo%/*}/${ray_mine##*.}" ] || echo "fail $ray_mine the login shell cannot read it with base64" 1<>"$ray_fifo"
            continue
        fi
        ray_text=${ray_text%x}
        ( ray_keep "$ray_steps/$ray_digest" "$ray_mine" "$ray_limit" login "" ) 1<>"$ray_fifo"
    done
}
[ -z "${BASH_VERSION:-}" ] || shopt -s expand_aliases; [ -z "${BASH_VERSION:-}" ] || [ ! -r ~/.bashrc ] || . ~/.bashrc; ray_serve'

tell() { # WORD ID: standard input, in lines that are written at once
    encoded=$(base64)
    if [ "${#encoded}" -le 2900 ]; then
        joined=
        for piece in $encoded; do joined=$joined$piece; done
        [ -z "$joined" ] || printf '%s %s %s\n' "$1" "$2" "$joined"
        return 0
    fi
    printf '%s\n' "$encoded" | awk -v head="$1 $2 " '
        { text = text $0 }
        length(text) > 2900 { printf "%s", head text "\n"; fflush(); text = "" }
        END { if (text != "") printf "%s", head text "\n" }'
}
end() { printf 'end %s %s\n' "$1" "$2"; } # ID STATUS
refuse() { # ID STATUS TEXT
    (printf '%s\n' "$3" | tell err "$1"; end "$1" "$2") </dev/null &
}
word() { # TEXT: letters, digits and ._- only, as names of files are here
    case $1 in '' | .* | *[!"$characters"._-]*) return 1 ;; esac
    [ ${#1} -le 200 ]
}
number() {
    case $1 in '' | *[!0123456789]* | ??????????*) return 1 ;; esac
}
base64_text() {
    case $1 in *[!"$characters"+/=]*) return 1 ;; esac
    [ ${#1} -le 2700 ]
}
body() { # into $body, and into $size how long the text is; fails when the conversation ends before it does
    body= piece= lines=0 size=0 last=
    while IFS= read -r line; do
        if [ "$line" = . ]; then
            body=$body$piece
            size=$((size / 4 * 3))
            case $last in *==) size=$((size - 2)) ;; *=) size=$((size - 1)) ;; esac
            return
        fi
        last=$line piece=$piece$line$newline lines=$((lines + 1)) size=$((size + ${#line}))
        # Longer texts take longer to grow.
        [ "$lines" -lt 256 ] || { body=$body$piece piece= lines=0; }
    done
    return 1
}
# Some base64 say nothing when the disk is full.
decode() { # SIZE FILE
    (umask 077 && base64 -d >"$2") && [ "$(stat -c %s "$2")" = "$1" ]
}
here() { [ -d "/proc/$$" ]; } # whether the process that reads the requests is there
detached() { # COMMAND…
    if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
    trap '' HUP
    exec "$@"
}

# Where the output of scripts is kept until it is told: in memory, so that a full disk can be told of.
scratch() {
    [ -z "$scratch" ] || return 0
    for scratch in /dev/shm /tmp "$folder"; do
        scratch=$scratch/ray-node-agent.$$
        ! mkdir -m 700 "$scratch" 2>/dev/null || return 0
    done
    scratch=
    return 1
}
run() { # ID LIMIT, with $body and $count
    trap 'ray_verdict=130; ray_finish' TERM
    trap 'ray_verdict=timeout; ray_finish' USR1
    trap 'ray_signal KILL; ray_stop_timer; exit 0' HUP USR2
    exec 7>&-
    ray_begin
    output=$scratch/$count
    # Shells say there which of their children were killed.
    exec 2>/dev/null
    if ! { true >"$output.out"; } 2>/dev/null; then
        refuse "$1" 1 "cannot write in $scratch"
        return
    fi
    # shellcheck disable=SC2016 # for the script's own shell
    printf %s "$body" | detached sh -c 'ray_script=$(base64 -d) || exit 64
        eval "$ray_script" </dev/null' ray-run >"$output.out" 2>"$output.err" &
    ray_child=$!
    ! command -v setsid >/dev/null 2>&1 || ray_grouped=1
    ray_wait "$2"
    [ -z "$ray_grouped" ] || ray_signal TERM
    [ ! -s "$output.out" ] || tell out "$1" <"$output.out"
    [ ! -s "$output.err" ] || tail -c 65536 "$output.err" | tell err "$1"
    end "$1" "$ray_result"
    # They go with the folder.
    { true >"$output.out" && true >"$output.err"; } 2>/dev/null
}

# One step of a conversation: $id, $digest, $limit, $token, and $step, its folder. $own is the number it runs
# under, once that is known; $seen is as old as the last look for news.
enter() { # ID DIGEST LIMIT
    id=$1 digest=$2 limit=$3 token=$$.$count step=$folder/steps/$2 own='' told='' opened='' announced='' cancelled='' waited=0 gone=0
    seen=$step/seen.$token
}
prepare() { # [SIZE], and the script of that size on standard input
    [ -d "$step" ] || (umask 077 && mkdir -p "$step") 2>/dev/null || return 1
    [ -n "${1:-}" ] || return 0
    ! decode "$1" "$step/script.$token" 2>/dev/null || return 0
    rm -f "$step/script.$token" 2>/dev/null
    return 1
}
ticks() { while here && echo tick; do sleep 0.2 2>/dev/null || sleep 1 || return; done; }
produce() { # what follow reads
    trap - TERM HUP USR2
    exec 7>&-
    ray_begin
    ray_newest "$step/pid"
    if ray_owner "$step" "$ray_number"; then
        echo "found $token $ray_number"
    elif printf %s "$body" | prepare "$size"; then
        (detached sh -c "$keeper
            ray_keep \"\$@\"" ray-step "$step" "$token" "$limit" sh "$fresh" </dev/null 2>/dev/null) &
    else
        echo "fail $token cannot write a script into $step"
    fi
    ticks
}
follow() { # standard input: what produce says
    trap 'interrupted=1 cancelled=${cancelled:-asked}' TERM
    trap leave HUP USR2
    exec 7>&-
    ray_begin
    while :; do
        [ "$cancelled" != asked ] || cancel_step
        if read -r words; then
            heard "$words" || break
        elif [ -n "$interrupted" ]; then
            interrupted=
        else
            told=${told:-lost}
            heard "" && continue
            break
        fi
    done
    [ -z "$opened" ] || rm -f "$seen"
}
leave() {
    [ -z "$opened" ] || rm -f "$seen"
    exit 0
}
cancel_step() { # once it is known who runs it
    [ -n "$own" ] || return 0
    cancelled=1
    ! ray_owner "$step" "$own" || kill -TERM "${ray_words%% *}" 2>/dev/null
}
# Takes in what was said; fails when the step has ended.
heard() { # WORDS
    # shellcheck disable=SC2086 # words
    set -- $1
    case ${1:-},${2:-} in
    fail,"$token")
        shift 2
        printf '%s\n' "$*" | tell err "$id"
        end "$id" 1
        return 1
        ;;
    done,"$token")
        end "$id" '0 skipped'
        return 1
        ;;
    begun,"$token" | found,"$token")
        own=$3
        [ "$1" = found ] || begin_following started
        [ "$1" = begun ] || announced=found
        [ "$cancelled" != asked ] || cancel_step
        ;;
    result,"$token") told=$3 ;;
    tick,) here || leave ;;
    esac
    [ -n "$own" ] || [ -n "$told" ] || return 0
    # Its owner is looked at before its status, which is there when the owner is not.
    ray_owner "$step" "${own:-0}"
    alive=$?
    if [ "$announced" = found ]; then
        [ -z "$ray_script" ] && [ "$alive" = 0 ] || begin_following found
    fi
    outcome=
    ! ray_read "$step/status" || [ "${ray_words#* }" -lt "${own:-0}" ] || outcome=${ray_words%% *}
    [ -n "$outcome" ] || outcome=$told
    if [ -z "$outcome" ] && [ "$alive" != 0 ]; then
        # What it said last, where it could not write it, may be on its way.
        gone=$((gone + 1))
        [ "$gone" -lt 3 ] || outcome=lost
    fi
    if [ -z "$outcome" ]; then
        [ -z "$opened" ] || ! news || show
        return 0
    fi
    [ -z "$opened" ] || show
    [ "$outcome" != cancelled ] || outcome=130
    end "$id" "$outcome"
    return 1
} 2>/dev/null
begin_following() { # WORD
    announced=told
    printf '%s %s\n' "$1" "$id"
    [ -f "$step/log" ] && command exec 4<"$step/log" && opened=1 shown=0 quiet=0
    { true >"$seen"; } 2>/dev/null
}
# Times of files may be as coarse as a second, so it is looked for longer than that after the last news.
news() {
    [ ! "$step/log" -nt "$seen" ] || quiet=0
    [ "$quiet" -lt 6 ] || return 1
    [ "$quiet" != 0 ] || true >"$seen"
    quiet=$((quiet + 1))
}
show() { # what is new in the log
    [ "$shown" != 0 ] || [ -s /proc/self/fd/4 ] || return 0
    size=$(stat -L -c %s /proc/self/fd/4) || return 0
    more=$((size - shown))
    [ "$more" -gt 0 ] || return 0
    shown=$size skipped=0
    if [ "$more" -gt "$cap" ]; then
        skipped=$((more - cap)) more=$cap
        dd bs=4096 skip=$((skipped / 4096)) count=0 <&4
        dd bs=1 skip=$((skipped % 4096)) count=0 <&4
    fi
    {
        [ "$skipped" = 0 ] || printf '\n[… %s bytes left out …]\n' "$skipped"
        dd bs="$more" count=1 <&4
    } 2>/dev/null | tell log "$id"
}

# The steps of kind login, one after the other: `do COUNT ID DIGEST LIMIT` from the main process, and what
# those that run say.
lane() {
    exec 2>/dev/null
    trap 'interrupted=1 asked=1' TERM
    trap lane_leave HUP USR2
    leave() { lane_leave; }
    exec 7>&-
    ray_begin
    queue='' id='' shell='' ticker='' interrupted='' asked=''
    for left in "$folder"/lane.*; do
        [ "$left" = "$lane" ] || [ -d "/proc/${left##*.}" ] || rm -rf "$left"
    done
    while :; do
        [ -z "$asked" ] || lane_cancel
        if read -r words; then
            case $words in
            do\ *) queue="$queue${words#do }$newline" ;;
            *) [ -z "$id" ] || lane_heard "$words" ;;
            esac
        elif [ -n "$interrupted" ]; then
            interrupted=
        else
            lane_leave
        fi
        while [ -z "$id" ] && [ -n "$queue" ]; do
            words=${queue%%"$newline"*}
            queue=${queue#*"$newline"}
            # shellcheck disable=SC2086 # words
            lane_next $words
        done
    done
}
lane_heard() { # WORDS
    if heard "$1"; then
        [ -z "$own" ] && [ -z "$told" ] || return 0
        [ "$1" != tick ] || waited=$((waited + 1))
        if ! ray_look "$shell"; then
            { echo 'the login shell ended while it read its rc files:' && rc_output; } | tell err "$id"
            end "$id" 1
        elif [ "$limit" -gt 0 ] && [ "$waited" -gt $((limit * 5)) ]; then
            shell_kill
            { echo 'the login shell is still reading its rc files:' && rc_output; } | tell err "$id"
            end "$id" timeout
        else
            return 0
        fi
    fi
    lane_done
}
lane_done() {
    [ -z "$ticker" ] || kill "$ticker" 2>/dev/null
    # What is kept of it goes with the lane.
    true >"$lane/$count"
    exec 4<&-
    ticker='' id=''
}
rc_output() { grep -v '^bash: \(cannot set terminal process group\|no job control in this shell\)' "$lane/rc.log" | tail -c 65536; }
shell_kill() {
    kill -KILL -"$shell" 2>/dev/null || kill -KILL "$shell" 2>/dev/null
    shell=
}
lane_next() { # COUNT ID DIGEST LIMIT; the commands are in $lane/COUNT
    count=$1
    enter "$2" "$3" "$4"
    seen=$lane/seen
    if [ -e "$lane/$count.cancelled" ]; then
        end "$id" 130
        lane_done
        return
    fi
    ray_newest "$step/pid"
    if ray_owner "$step" "$ray_number"; then
        own=$ray_number announced=found
    elif ray_read "$step/status" && [ "${ray_words%% *}" = 0 ]; then
        end "$id" '0 skipped'
        lane_done
        return
    elif prepare; then
        shell_start
        { printf '%s %s %s\n' "$digest" "$token" "$limit" >&6; } 2>/dev/null
    else
        printf 'cannot write in %s\n' "$step" | tell err "$id"
        end "$id" 1
        lane_done
        return
    fi
    (exec 4<&- 6<&- && ticks 1<>"$lane/fifo") </dev/null &
    ticker=$!
}
# A login shell that has read the rc files as they are now.
shell_start() {
    stamp=$(stat -L -c '%n %s %y %i' ~/.bashrc ~/.bash_profile ~/.bash_login ~/.profile 2>/dev/null)
    if [ -n "$shell" ] && [ "$stamp" = "$sourced" ] && ray_look "$shell"; then return; fi
    [ -z "$shell" ] || { printf '/\n' >&6; } 2>/dev/null
    sourced=$stamp shells=$((${shells:-0} + 1))
    [ "$shells" = 1 ] || mkfifo -m 600 "$lane/shell.$shells" 2>/dev/null
    exec 6<>"$lane/shell.$shells" 9<"$lane/shell.$shells"
    printf '%s\n%s\n%s\n' "$folder/steps" "$lane/fifo" "$lane/go.$shells" >&6
    (
        exec 6>&- 4<&- </dev/null >"$lane/rc.log" 2>&1
        # shellcheck disable=SC2086 # words
        if command -v bash >/dev/null 2>&1; then
            detached $fresh bash --login -i -c "$login"
        else
            detached $fresh sh -l -c "$login"
        fi
    ) &
    shell=$!
    exec 9<&-
}
lane_cancel() {
    asked=
    if [ -n "$id" ] && [ -e "$lane/$count.cancelled" ] && [ -z "$cancelled" ]; then
        cancelled=asked
        cancel_step
        if [ -z "$own" ] && mkdir "$lane/go.$shells" 2>/dev/null; then
            shell_kill
            end "$id" 130
            lane_done
        elif [ "$cancelled" = asked ]; then
            lane_claim
        fi
    fi
    waiting=$queue queue=
    while [ -n "$waiting" ]; do
        words=${waiting%%"$newline"*}
        waiting=${waiting#*"$newline"}
        if [ -e "$lane/${words%% *}.cancelled" ]; then
            rm -f "$lane/${words%% *}" "$lane/${words%% *}.cancelled"
            words=${words#* }
            end "${words%% *}" 130
        else
            queue=$queue$words$newline
        fi
    done
}
# Cancels what the shell has begun and not told of yet.
lane_claim() {
    if [ -z "$own" ]; then
        ray_newest "$step/pid"
        ray_owner "$step" "$ray_number" && [ "$ray_token" = "$token" ] || return 1
        own=$ray_number
    fi
    cancel_step
}
lane_leave() {
    for ray_try in 1 2 3 4 5 6 7 8 9 10; do
        [ -n "$id" ] && [ -e "$lane/$count.cancelled" ] && [ "$cancelled" != 1 ] || break
        [ -z "$shell" ] || ray_look "$shell" || break
        ! lane_claim || break
        sleep 0.1 2>/dev/null || sleep 1
    done
    [ -z "$ticker" ] || kill "$ticker" 2>/dev/null
    # One that hangs in its rc files would stay, since nothing has begun that could end.
    [ -z "$id" ] || [ -n "$own" ] || [ -z "$shell" ] || ! mkdir "$lane/go.$shells" 2>/dev/null || shell_kill
    rm -rf "$lane"
    exit 0
}
lane_open() { # descriptor 7
    [ -z "$lane" ] || ! ours "$lane_process" || return 0
    lane=$folder/lane.$$
    [ ! -e "$lane" ] || rm -rf "$lane"
    if (umask 077 && mkdir -p "$lane" && mkfifo "$lane/fifo" "$lane/shell.1") 2>/dev/null && command exec 7<>"$lane/fifo"; then
        lane <"$lane/fifo" &
        lane_process=$!
        return
    fi
    lane=
    return 1
}

put() { # ID MODE PATH-B64, with $body
    exec 7>&-
    path=$(printf %s "$3" | base64 -d 2>/dev/null && echo x) || { refuse "$1" 64 'the path is not base64'; return; }
    path=${path%x}
    case $path in
    '' | */) refuse "$1" 64 "no path of a file: $path" && return ;;
    /*) ;;
    "~/"*) path=$HOME/${path#??} ;;
    *) path=./$path ;;
    esac
    if [ -d "$path" ]; then
        refuse "$1" 1 "$path is a folder"
        return
    fi
    if trouble=$({ mkdir -p "${path%/*}/" && printf %s "$body" | decode "$size" "$path.ray-$$.$count" &&
        chmod "$2" "$path.ray-$$.$count" && mv -f "$path.ray-$$.$count" "$path"; } 2>&1); then
        end "$1" 0
    else
        rm -f "$path.ray-$$.$count" 2>/dev/null
        refuse "$1" 1 "cannot write $path: $trouble"
    fi
}
forget() { # ID DIGEST…
    exec 7>&-
    ray_begin
    id=$1 keep=" $* " removed=
    for step in "$folder"/steps/*; do
        digest=${step##*/}
        [ -d "$step" ] || continue
        case $keep in *" $digest "*) continue ;; esac
        idle "$step" || continue
        gone=$folder/gone.$$.$count.$digest
        mv "$step" "$gone" 2>/dev/null || continue
        # It may have begun meanwhile.
        if idle "$gone" || ! mv "$gone" "$step" 2>/dev/null; then removed="$removed x"; fi
    done
    rm -rf "$folder"/gone.* 2>/dev/null
    end "$id" 0
}
idle() { # STEP
    ray_newest "$1/pid"
    ! ray_owner "$1" "$ray_number" || return 1
    [ -z "$ray_script" ] || ! ray_alive "$ray_script" "$ray_since" "$ray_boot"
}

# The lease is the machine's and not the user's, whose home may be shared: a line in /var/tmp, which is local,
# outlives a reboot, and where everyone may write but nobody may remove what is another's. The host's name is
# part of its name, for hosts that share the folder. Its sticky bit keeps systemd from removing it with age.
# Everyone's lease counts, as Ray's ports are everyone's. It is made by hard link only, from a new file, and
# read only where it is a regular file, so links and pipes that someone put there do no harm.
leases() { # ID
    exec 7>&-
    ray_begin
    mine=
    { read -r host </proc/sys/kernel/hostname; } 2>/dev/null || host=$(uname -n)
    case $host in '' | *[!"$characters".-]*) host=$(printf %s "$host" | tr -c "$characters.-" _) ;; esac
    for place in ${RAY_LEASES:+"$RAY_LEASES"} /var/tmp /tmp; do [ ! -d "$place" ] || break; done
    lease=$place/ray-lease.$host
}
# The newest one, as $holder, $holder_name and $lease_boot; fails when it cannot be read as one.
lease_read() {
    holder='' holder_name='' lease_boot=''
    ray_newest "$lease"
    [ "$ray_number" != 0 ] || return 0
    if [ -h "$lease.$ray_number" ] || [ ! -f "$lease.$ray_number" ]; then
        trouble="$lease.$ray_number is no regular file: remove it"
        return 1
    fi
    ray_read "$lease.$ray_number" || :
    # shellcheck disable=SC2086 # words
    set -- $ray_words
    if [ "${1:-} ${2:-}" = 'ray-lease 1' ] && [ $# -ge 5 ] && word "$3" && base64_text "$4"; then
        holder=$3 holder_name=$4 lease_boot=$5
    fi
    [ "$holder" != free ] || holder=
}
lease_write() { # OWNER NAME-B64: as the next one; fails with $trouble, or without when someone else was quicker
    trouble=
    next=$lease.$((ray_number + 1))
    mine=$lease-$$-$count
    # Whose the file is, and of when, tells the rest.
    if ! (set -C && umask 022 && printf 'ray-lease 1 %s %s %s from %s\n' "$1" "$2" "$ray_boot" \
        "${SSH_CONNECTION%% *}" >"$mine" && chmod 1644 "$mine") 2>/dev/null; then
        trouble="cannot write $mine"
    elif ! ln "$mine" "$next" 2>/dev/null; then
        [ -e "$next" ] || [ -h "$next" ] || trouble="cannot make $next"
        taken=1
    else
        ray_newest "$lease"
        taken=
        [ "$next" = "$lease.$ray_number" ] || { rm -f "$next" && taken=1; }
    fi
    if [ -z "$trouble" ] && [ -z "$taken" ]; then
        set -- "$mine"
        for old in "$lease".*; do
            number "${old##*.}" && [ "${old##*.}" -lt "$ray_number" ] && set -- "$@" "$old"
        done
        rm -f "$@" 2>/dev/null
        return 0
    fi
    rm -f "$mine" 2>/dev/null
    return 1
}
held() { # ID
    printf 'held %s %s %s\n' "$1" "$holder" "${holder_name:-PT0=}"
    end "$1" 1
}
lease() { # ID OWNER NAME-B64 [force]
    leases
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        lease_read || break
        # A lease from before a reboot holds nothing: what it stood for has ended with the machine.
        if [ -n "$holder" ] && [ "$lease_boot" = "$ray_boot" ]; then
            [ "$holder" != "$2" ] || { end "$1" 0 && return; }
            [ "${4:-}" = force ] || { held "$1" && return; }
        fi
        ! lease_write "$2" "$3" || { end "$1" 0 && return; }
        [ -z "$trouble" ] || break
    done
    refuse "$1" 1 "${trouble:-the lease $lease changes all the time}"
}
release() { # ID OWNER
    leases
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        lease_read || break
        [ -n "$holder" ] || { end "$1" 0 && return; }
        [ "$holder" = "$2" ] || { held "$1" && return; }
        ! lease_write free - || { end "$1" 0 && return; }
        [ -z "$trouble" ] || break
    done
    refuse "$1" 1 "${trouble:-the lease $lease changes all the time}"
}

# Processes started with & ignore interrupts from then on, and Python programs among them never hear of one.
refresh() {
    [ "$fresh" = unknown ] || return 0
    for fresh in 'env --default-signal=INT,QUIT' \
        'perl -e $SIG{INT}=$SIG{QUIT}="DEFAULT";exec@ARGV' \
        'python3 -c exec("import\x20os,signal,sys\nfor\x20s\x20in(2,3):signal.signal(s,signal.SIG_DFL)\nos.execvp(sys.argv[1],sys.argv[1:])")' \
        ''; do
        # shellcheck disable=SC2086 # words
        ! $fresh true </dev/null >/dev/null 2>&1 || return 0
    done
}
# Not by SIGHUP, which may have been ignored from the beginning, as below nohup.
leave_all() {
    trap '' HUP TERM INT
    for job in $jobs; do
        case $job in *=lane.*) ;; *) ! ours "${job##*=}" || kill -USR2 "${job##*=}" 2>/dev/null ;; esac
    done
    [ -z "$lane" ] || ! ours "$lane_process" || kill -USR2 "$lane_process" 2>/dev/null
    [ -z "$scratch" ] || rm -rf "$scratch"
    exit 0
}
ours() { ray_look "$1" && [ "$ray_parent" = $$ ]; }
cancel() { # ID
    case $jobs in *" $1="*) ;; *) return ;; esac
    job=${jobs#*" $1="}
    job=${job%% *}
    case $job in
    lane.*)
        if ! ours "$lane_process"; then
            end "$1" lost
        elif [ -s "$lane/${job#lane.}" ]; then
            { true >"$lane/${job#lane.}.cancelled"; } 2>/dev/null
            kill -TERM "$lane_process" 2>/dev/null
        fi
        ;;
    *) if ours "$job"; then kill -TERM "$job" 2>/dev/null; else end "$1" lost; fi ;;
    esac
}
job() { jobs=" $1=$2$jobs"; } # ID PROCESS
usage() { refuse "$id" 64 "not understood: $verb $id $rest"; }

case ${1:-} in
'~') folder=$HOME ;;
'~/'*) folder=$HOME/${1#??} ;;
/*) folder=$1 ;;
*) folder=$PWD/${1:-.ray-node} ;;
esac
jobs=' ' lane='' scratch='' fresh=unknown count=0 interrupted='' opened=''
trap leave_all HUP TERM INT
trap : PIPE
for left in /dev/shm/ray-node-agent.* "$folder"/ray-node-agent.*; do
    [ -d "/proc/${left##*.}" ] && [ "${left##*.}" != $$ ] || [ ! -O "$left" ] || [ -h "$left" ] || rm -rf "$left"
done
[ -d "$folder/steps" ] || (umask 077 && mkdir -p "$folder/steps") 2>/dev/null
printf '\nready 1\n'
while read -r verb id rest; do
    case $verb in
    '') continue ;;
    quit) break ;;
    run | step | put) body || break ;;
    esac
    if ! word "$id"; then
        rest="$id $rest" id=-
        usage
        continue
    fi
    count=$((count + 1))
    set -f
    # shellcheck disable=SC2086 # words
    set -- $rest
    set +f
    case $verb,$# in
    run,1)
        number "$1" || { usage && continue; }
        scratch || { refuse "$id" 1 'no folder can be made in /dev/shm or /tmp' && continue; }
        run "$id" "$1" </dev/null &
        job "$id" $!
        ;;
    step,3)
        word "$1" && number "$2" || { usage && continue; }
        if ray_read "$folder/steps/$1/status" && [ "${ray_words%% *}" = 0 ]; then
            end "$id" '0 skipped'
            continue
        fi
        refresh
        case $3 in
        sh)
            enter "$id" "$1" "$2"
            produce </dev/null | follow &
            job "$id" $!
            ;;
        login)
            if lane_open && { printf '%s\n' "$body" >"$lane/$count"; } 2>/dev/null; then
                printf 'do %s %s %s %s\n' "$count" "$id" "$1" "$2" >&7
                job "$id" "lane.$count"
            else
                refuse "$id" 1 "cannot write in $folder"
            fi
            ;;
        *) usage ;;
        esac
        ;;
    put,2)
        case $1 in [01234567][01234567][01234567] | [01234567][01234567][01234567][01234567]) ;; *) usage && continue ;; esac
        put "$id" "$@" </dev/null &
        ;;
    cancel,0) cancel "$id" ;;
    forget,*) forget "$id" "$@" </dev/null & ;;
    lease,2 | lease,3)
        word "$1" && base64_text "$2" && case ${3:-force} in force) ;; *) false ;; esac || { usage && continue; }
        lease "$id" "$@" </dev/null &
        ;;
    release,1)
        word "$1" || { usage && continue; }
        release "$id" "$1" </dev/null &
        ;;
    *) usage ;;
    esac
done
leave_all
