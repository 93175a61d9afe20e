# Asks supervisord for its state, its version and all processes, in one call that changes nothing: `request`.
with_supervisorctl() {
    url="http://$host"
    [ -z "$socket" ] || url="unix://$socket"
    sed 's/%/%%/g' <<END | supervisorctl -c /dev/stdin status
[supervisorctl]
serverurl=$url
username=$user
password=$password
END
}

fault() {
    echo "supervisord at $shown answered with a fault" >&2
    failed=1
}

# The last resort: words for people, without times. It ends with 3 if a process is not running.
by_words() {
    reply=$(with_supervisorctl)
    case $? in
        0 | 3) printf '@supervisor words\n%s\n' "$reply" ;;
        *) say "can't ask supervisord at $shown: $(printf '%s' "$reply" | tr '\n' ' ' | head -c 300)" 1 ;;
    esac
}

ask() {
    ready || return
    tool=$(speaker)
    if [ -n "$tool" ]; then
        exchange "$tool" || return
        printf '@supervisor xml\n%s\n' "$reply"
        case $reply in *'<name>faultCode</name>'*) fault ;; esac
        [ "${excerpt:-0}" = 0 ] || case $reply in
            *'>FATAL<'* | *'>BACKOFF<'* | *'>EXITED<'*) last_words "$tool" ;;
        esac
    elif [ "$scheme" = http ] && command -v supervisorctl > /dev/null; then
        by_words
    else
        say "supervisord can't be asked: install curl, python3 or supervisorctl on the node" 127
    fi
}
ask
