# Starts and stops processes of supervisord and units of systemd, and asks for all of them again.
# Before it stand: how supervisord is spoken to; `say`; `seconds` for each of stopping and starting; and with `request`s
# of supervisord: stops, starts (empty: none), ours (the state of each of ours), all.

# act_on ACTION UNIT: in words of one line, how it ended.
act_on() {
    as=
    if [ "$(id -u)" != 0 ] && sudo -n -l systemctl "$1" "$2" > /dev/null 2>&1; then
        as='sudo -n'
    fi
    limit=
    ! command -v timeout > /dev/null || limit="timeout $seconds"
    words=$($limit $as systemctl --no-ask-password "$1" "$2" < /dev/null 2>&1)
    status=$?
    [ "$status" != 124 ] || words="did not end within $seconds s"
    printf '@acted %s %s %s\n' "$status" "$2" "$(printf '%s' "$words" | tr '\n' ' ' | head -c 300)"
}

# units ACTION UNIT...: all at once, none waits for another.
units() {
    action=$1
    shift
    for unit; do
        act_on "$action" "$unit" &
    done
    wait
}

# settle WORD: until none of ours is in that state any more, or the time is over.
settle() {
    until=$(($(date +%s) + seconds))
    while request=$ours && exchange "$tool"; do
        case $reply in
            *"<name>statename</name>$nl<value><string>$1</string>"*) ;;
            *) return 0 ;;
        esac
        [ "$(date +%s)" -lt "$until" ] || return 0
        sleep 0.3 2> /dev/null || sleep 1
    done
    return 1
}

# call NAME REQUEST: its replies, on one line.
call() {
    [ -n "$2" ] || return 0
    request=$2
    exchange "$tool" && printf '@%s %s\n' "$1" "$(printf '%s' "$reply" | tr '\n' ' ')"
}

supervised() {
    ready || return
    tool=$(speaker)
    if [ -z "$tool" ]; then
        say "supervisord can't be told to act: install curl or python3 on the node" 127
        return
    fi
    [ -n "$ours" ] || return 0
    request=$ours
    exchange "$tool" || return # it does not speak to us: nothing has been done
    echo '@called'
    call stops "$stops" && settle STOPPING && call starts "$starts" && settle STARTING
}

# The last word, also where what was asked before got no answer.
asked_again() {
    [ -n "$tool" ] || return
    request=$all
    exchange "$tool" && printf '@supervisor xml\n%s\n' "$reply"
}
