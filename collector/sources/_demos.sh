# Reads the logs of demos below a folder that anyone may write to. Before it stand _logs.sh, folder, known.
# owned PATH: kind, links and owner of what a name itself stands for, and its inode.
owned() {
    kind= links= owner= inode=
    read -r inode kind links owner _ <<EOF
$(ls -nid -- "$1" 2>/dev/null)
EOF
}

# lives PID START BOOT OWNER: whether it is that process still, and that user's: process ids are used again.
lives() {
    case $1 in '' | *[!0-9]* | ????????*) return 1 ;; esac
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    started=$2 boot=$3 user=$4
    owned "/proc/$1"
    set -f
    set -- ${stat##*) }
    set +f
    [ "${20-}" = "$started" ] && [ "$1" != Z ] && [ "$owner" = "$user" ] || return 1
    [ "$boot" = - ] || [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ]
}

# hidden PID: whether it is there but not to be seen, as others' processes are where /proc is mounted with hidepid.
hidden() {
    case $1 in '' | *[!0-9]* | ????????*) return 1 ;; esac
    [ ! -e "/proc/$1" ] || return 1
    case $(LC_ALL=C kill -0 "$1" 2>&1) in *'not permitted'*) return 0 ;; *) return 1 ;; esac
}

# demo NUMBER FILE: never what is no plain file with one name, and only what was opened as such.
demo() {
    number=$1 path=$2 name=${2##*/dvic_log_}
    case $name in '' | *[!A-Za-z0-9_.-]*) return ;; esac
    owned "$path"
    was=$inode user=$owner
    case $kind$links in -*[!0-9]1) ;; *) frame "refused $number $name"; return ;; esac
    [ -r "$path" ] || { frame "closed $number $name"; return; }
    same 3<"$path" || frame "closed $number $name"
}

# same: what was opened as 3 is told if it is what the name stood for.
same() {
    read -r inode kind links owner _ <<EOF
$(ls -nLid /proc/self/fd/3 2>/dev/null)
EOF
    case $kind in
    -*) if [ "$inode.$owner" = "$was.$user" ]; then told; return 0; fi ;;
    esac
    frame "refused $number $name"
}

told() {
    open=/proc/self/fd/3
    look $open || return
    end=$size from=0 cut=0
    place=$(known "$name")
    frame "demo $number $name"
    read -r sign version pid began boot _ <<EOF
$(head -c 1000 $open | head -n 1 | tr -d '\000')
EOF
    state=unknown
    if [ "$sign $version" = 'dvic-log 1' ]; then
        state=dead
        if lives "$pid" "$began" "$boot" "$user"; then state=alive
        elif [ "$(tail -c 13 $open | tr -d '\000\n')" = 'dvic-log end' ]; then state='not running'
        elif hidden "$pid"; then state=unknown; fi
    fi
    frame "first $number"
    head -c 1000 $open
    frame "state $number $state"
    set -- $place
    ino=${1-} off=${2-0} len=${3-0} crc=${4-}
    if [ -z "$ino" ]; then
        [ "$end" -le "$first" ] || from=$((end - first)) cut=1
    elif [ "$was" = "$ino" ] && [ "$end" -ge "$off" ] && { [ "$len" -eq 0 ] || continues $open; }; then
        from=$off
    else
        frame "lost $number"
    fi
    head=$((end < 256 ? end : 256))
    sum $open "$head"
    tell "$number" $open "$from" "$end" now "$cut"
    frame "end $number $was $head $got"
}

# demos FOLDER MOST: those written last, the oldest first.
demos() {
    if [ ! -d "$1" ]; then fail "$1: there is no such folder"; return; fi
    if [ ! -d /proc/self/fd ]; then fail "there is no /proc on the node, which tells what was opened and what lives"; return; fi
    set -- "$2" "$1"/dvic_log_*
    most_files=$1
    shift
    n=0
    ls -dtr -- "$@" 2>/dev/null | tail -n "$most_files" | while read -r path; do
        n=$((n + 1))
        demo "$n" "$path"
    done
}
