# Runs on the node. reach/script.py puts it, with `mark` and `total` set before it and the calls of `section` after it,
# into one brace group: sh reads to the closing brace before it runs anything, so half a script never runs.
# Plain POSIX sh with head -c; dash, bash and busybox ash run it alike. No files are written.
LC_ALL=C
export LC_ALL
exec 3>&1 2> /dev/null

# A section gets a process group of its own, so that its children can be killed with it: as a session, else the group
# that timeout(1) makes. Its own limit is not relied on: busybox's kills one process and leaves that one's children.
# Where neither is found, the tree of processes is walked; what has left the tree by then escapes until the node's limit.
own=
if setsid sh -c :; then
    own=setsid
elif timeout 5 sh -c :; then
    own="timeout $((total + 9))"
fi

# watch TARGET SECONDS OWNER: kills the group (else the tree) of TARGET when the time is over or OWNER has gone. It
# looks every second, so that nothing has to end it and nothing is left behind for longer than that.
watch='
fell() {
    kill -STOP "$1"
    for below in $(ps -A -o ppid= -o pid= | while read -r parent pid; do
        [ "$parent" = "$1" ] && [ "$pid" != "$$" ] && echo "$pid"
    done); do
        fell "$below"
    done
    kill -KILL "$1"
}
seconds=0
while [ "$seconds" -lt "$2" ]; do
    sleep 1
    kill -0 "-$1" || kill -0 "$1" || exit 0
    kill -0 "$3" || break
    seconds=$((seconds + 1))
done
kill -KILL "-$1" || fell "$1"
'

clock() {
    now=$(date +%s)
    case $now in '' | *[!0-9]*) now=0 ;; esac
}

# bounded SECONDS: passes on what 6 brings until that ends, or the time is over: what leaves a section's group takes its
# streams along, and would keep them open for as long as it likes. (Not 0: sh takes that from what it does not wait for.)
bounded() {
    $own cat <&6 3>&- 4>&- 5>&- 6<&- &
    passing=$!
    $own sh -c "$watch" watch "$passing" "$1" "$$" < /dev/null > /dev/null 3>&- 4>&- 5>&- 6<&- &
    wait "$passing"
}

# section NUMBER SECONDS BYTES TEXT. TEXT travels through a pipe, not in a command line that others can read.
# Streams: 3 the reply, 4 what is said of the section (its status, the beginning of its standard error), 5 to that.
section() {
    clock
    left=$((total - now + began))
    [ "$left" -lt "$2" ] || left=$2
    printf '\n%s begin %s %s %s\n' "$mark" "$1" "$now" "$left"
    said=
    [ "$left" -le 0 ] || said=$(
        {
            {
                {
                    printf '%s\n' "$4" | $own sh -c 'eval "$(cat)"' 2>&5 3>&- 4>&- 5>&- &
                    pid=$!
                    $own sh -c "$watch" watch "$pid" "$left" "$$" < /dev/null > /dev/null 3>&- 4>&- 5>&- &
                    wait "$pid"
                    printf '\n%s status %s\n' "$mark" "$?" >&4
                } | { bounded "$((left + 1))"; } 6<&0 | head -c "$3" >&3
            } 5>&1 | { bounded "$((left + 1))"; } 6<&0 | {
                head -c 2000
                cat > /dev/null
            }
        } 4>&1
    )
    clock
    printf '\n%s end %s %s\n%s\n' "$mark" "$1" "$now" "$said"
}

clock
began=$now
$own sh -c "$watch" watch "$$" "$((total + 5))" "$$" < /dev/null > /dev/null 3>&- &
printf '\n%s node %s\n' "$mark" "$now"
