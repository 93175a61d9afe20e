# Tells how jobs of a Ganeti cluster are, each second, until nobody hears it any more: a frame is said even if nothing
# changed, so that the end of the connection ends this too. They are read rather than waited for (`/wait`), which users
# may who may only read. Before it stand: mark, jobs, `_rapi.sh`. The master is looked for anew when it is silent.
say() {
    printf '\n%s %s\n%s\n%s .\n' "$mark" "$1" "$2" "$mark"
}

give_up() {
    say over "$1"
    exit 1
}

# look JOB: tells it if it is other than it was, and asks no more once it has an end.
look() {
    eval "last=\${last_$1-}"
    case $last in
        *'"end_ts": ['*) return 0 ;;
    esac
    reply=$("$tool" GET "/2/jobs/$1" '' 2>&1) || return 1
    case ${reply##*"$nl"} in
        200) ;;
        401) give_up "the cluster at $shown does not accept this user and password" ;;
        403) give_up "the cluster at $shown does not let this user read jobs" ;;
        404) reply='{"status": null}'"${nl}404" ;;
        *)
            reply="it answered HTTP ${reply##*"$nl"}"
            return 1
            ;;
    esac
    reply=${reply%"$nl"*}
    [ "$reply" != "$last" ] || return 0
    say "job=$1" "$reply"
    eval "last_$1=\$reply"
}

# each_job: one look at every job; what is wrong is in `silence`.
each_job() {
    for job in $jobs; do
        look "$job" || {
            silence=$reply found=
            return
        }
    done
}

patience=20
ready
found=
while :; do
    if [ -z "$found" ]; then
        reply= silence=
        places
        [ -z "$reply" ] || found=yes
    fi
    [ -z "$found" ] || each_job
    if [ -n "$found" ]; then
        say beat ''
    else
        reply=$silence
        why
        say silent "the cluster at $shown does not answer: $why"
    fi
    sleep 1
done
