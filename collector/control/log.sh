# Reads the end of a log, or the lines in it that hold a text. Before it stand: `say`, and for supervisord how it is spoken
# to; `size` in bytes, `search` (empty: none), `file` (empty: none to be read here), `unit` (empty: none).

# chosen: of what comes in, the lines that are searched for, and of those the end.
chosen() {
    if [ -n "$search" ]; then
        grep -a -F -e "$search" | tail -c "$size"
    else
        tail -c "$size"
    fi
}

# A pipe, a device or a folder is never opened. What is added meanwhile is left to the next who asks.
from_file() {
    [ -n "$file" ] && [ -f "$file" ] && [ -r "$file" ] || return 1
    total=$(($(wc -c < "$file")))
    printf '@file %s\n' "$total"
    if [ -n "$search" ]; then
        head -c "$total" "$file" | chosen
    else
        [ "$total" -gt "$size" ] || size=$total
        tail -c "+$((total - size + 1))" "$file" | head -c "$size"
    fi
}

# from_supervisord REQUEST...: the first that it can answer. It has a fault, or answers HTTP 500, where its piece begins in
# the middle of a character, so each asks for one byte less.
from_supervisord() {
    ready || return
    tool=$(speaker)
    if [ -z "$tool" ]; then
        say "there is no log file $file that this user may read; and to ask supervisord, install curl or python3" 127
        return
    fi
    said=
    for request; do
        if exchange "$tool"; then
            said=$reply
            case $reply in *'<name>faultCode</name>'*) ;; *) break ;; esac
        elif [ "${code-}" != 500 ]; then
            break
        fi
    done
    [ -z "$said" ] || printf '@rpc\n%s\n' "$said"
}

from_journal() {
    if command -v journalctl > /dev/null; then
        echo '@journal'
        journalctl --quiet --no-pager --output=short-iso --unit="$unit" ${lines:+--lines="$lines"} | chosen
    else
        say "there is no journalctl on the node; the log of $unit can't be read" 127
    fi
}
