# Runs on the node. reach/script.py puts it, with `mark` and `total` and the function `sections` before it, into one brace
# group: sh reads to the closing brace before it runs anything, so half a script never runs.
# Plain POSIX sh with head -c and tail -c; dash, bash and busybox ash run it alike. No files are written. What it costs a node is the
# programs that it starts, so it starts few.
LC_ALL=C
export LC_ALL
exec 3>&1 2> /dev/null

# A section gets a process group of its own, so that its children can be killed with it: as a session, else the group
# that timeout(1) makes. Its own limit is not relied on: busybox's kills one process and leaves that one's children.
# Where neither is found, the tree of processes is walked; what has left the tree by then escapes until the node's limit.
own=
if command -v setsid > /dev/null; then
    own=setsid
elif command -v timeout > /dev/null; then
    own="timeout $((total + 9))"
fi

# watch MAIN SECONDS: one watcher for all, in a session of its own. It reads what happens, a line each:
#   section PID SECONDS   a section has begun: its group (else the tree of PID) is killed when its time is over
#   passing PID           passes on what the section prints, and is killed a second later: what leaves a section's group
#                         takes its streams along, and would keep them open for as long as it likes
#   over                  the section has ended: what it left behind in its group is killed
#   tick                  a second has gone; the first may come early, so one more is waited for
#   gone                  MAIN has gone, and so must all else, as when no line can come any more
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
end() {
    [ -z "$group" ] || kill -KILL "-$group" || ! kill -0 "$group" || fell "$group"
}
group= left=0 passing= seconds=0
while read -r word pid time; do
    case $word in
    section)
        group=$pid
        left=$((time + 1))
        ;;
    passing) passing="$passing $pid" ;;
    over)
        [ -z "$group" ] || kill -KILL "-$group"
        group= passing=
        ;;
    gone) break ;;
    tick)
        seconds=$((seconds + 1))
        left=$((left - 1))
        [ "$left" -gt 0 ] || end
        [ "$left" -ge 0 ] || [ -z "$passing" ] || kill -KILL $passing
        if [ "$seconds" -gt "$(($2 + 5))" ]; then
            end
            kill -KILL "-$1" || fell "$1"
        fi
        ;;
    esac
done
end
'

# Seconds are counted by the kernel's own counter where it tells: that takes no program.
clock() {
    if read -r up rest < /proc/uptime; then
        now=$((began + ${up%%.*} - started))
    else
        now=$(date +%s)
        case $now in '' | *[!0-9]*) now=0 ;; esac
    fi
}

# section NUMBER SECONDS BYTES ERRORS TEXT. ERRORS: so many bytes of standard error. TEXT travels through a pipe, not in a command line that others can read.
# Streams: 3 the reply, 4 what is said of the section (its status, the end of its standard error), 5 to that, 6 to the
# watcher.
section() {
    left=$((total - now + began))
    [ "$left" -gt 0 ] || left=0
    [ "$left" -lt "$2" ] || left=$2
    printf '\n%s begin %s %s %s\n' "$mark" "$1" "$now" "$left" >&3
    said=
    [ "$left" = 0 ] || said=$(
        {
            {
                {
                    {
                        printf '%s\n' "$5" | $own sh -c 'eval "$(cat)"' 2>&5 3>&- 4>&- 5>&- 6>&- &
                        echo "section $! $left" >&6
                        wait "$!"
                        printf '\n%s status %s\n' "$mark" "$?" >&4
                    } | cat 4>&- 5>&- 6>&- &
                    echo "passing $!" >&6
                    wait "$!"
                } 3>&- | head -c "$3" >&3 4>&- 5>&- 6>&-
            } 5>&1 > /dev/null | tail -c "$4" 3>&- 4>&- 5>&- 6>&- &
            echo "passing $!" >&6
            wait "$!"
        } 4>&1
    )
    echo over >&6
    clock
    printf '\n%s end %s %s\n%s\n' "$mark" "$1" "$now" "$said" >&3
}

began=$(date +%s)
case $began in '' | *[!0-9]*) began=0 ;; esac
now=$began
! read -r up rest < /proc/uptime || started=${up%%.*}
{
    {
        while kill -0 "$$"; do
            sleep 1 > /dev/null
            echo tick
        done
        echo gone
    } 3>&- &
    ticking=$!
    exec 6>&1 > /dev/null
    printf '\n%s node %s\n' "$mark" "$now" >&3
    sections
    kill "$ticking"
    printf '\n%s over\n' "$mark" >&3
} | $own sh -c "$watch" watch "$$" "$total" > /dev/null 3>&-
[ "$own" = setsid ] || kill -KILL "-$$" # what sections left behind is in this very group, where there are no sessions
exit 0
