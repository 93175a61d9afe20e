# The end of what a process that failed has said. Before it stand: `excerpt`, how many bytes of it; `here`, yes if
# supervisord's files are on this node. Each begins with a line `@STREAM WAY NAME`, its own lines begin with a `|`.
most_excerpts=40
told_lines() { tr '\000' '\032' | LC_ALL=C sed 's/^/|/'; } # a NUL ends a line for some a sed

# Prints stream, process and file of each that failed, as supervisord's XML spells them.
failed_ones() {
    printf '%s\n' "$reply" | LC_ALL=C awk '
        /^<name>.*<\/name>$/ { key = substr($0, 7, length($0) - 13); next }
        /^<value><(string|int)>.*<\/value>$/ {
            sub(/^<value><(string|int)>/, ""); sub(/<\/(string|int)><\/value>$/, ""); told[key] = $0
        }
        /^<\/struct>/ {
            state = told["statename"]
            if (state == "FATAL" || state == "BACKOFF" || (state == "EXITED" && told["spawnerr"] != "")) {
                print "stderr\t" told["group"] ":" told["name"] "\t" told["stderr_logfile"]
                print "stdout\t" told["group"] ":" told["name"] "\t" told["stdout_logfile"]
            }
            split("", told)
        }' | head -n "$most_excerpts"
}

# last_words TOOL: by the file, or by supervisord where this user may not read that.
last_words() {
    command -v awk > /dev/null || return
    failed_ones | while IFS="$(printf '\t')" read -r stream name file; do
        log=$(printf '%s\n' "$file" | sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g')
        if [ "$here" = yes ] && [ -f "$log" ] && [ -r "$log" ]; then
            printf '@%s file %s\n' "$stream" "$name"
            tail -c "$excerpt" "$log" | told_lines
            echo
        elif [ -n "$log" ]; then
            by_tail "$1"
        fi
    done
}

# It answers HTTP 500 where its piece begins in the middle of a character, so each asks for one byte less.
by_tail() {
    case $stream in stdout) method=tailProcessStdoutLog ;; *) method=tailProcessStderrLog ;; esac
    for less in 0 1 2 3; do
        request="<methodCall><methodName>supervisor.$method</methodName><params><param><value><string>$name</string></value>"
        request="$request</param><param><value><int>0</int></value></param><param><value><int>$((excerpt - less))</int>"
        request="$request</value></param></params></methodCall>"
        reply=$("$1" 2> /dev/null)
        case ${reply##*"$nl"} in
        200)
            printf '@%s rpc %s\n' "$stream" "$name"
            printf '%s\n' "${reply%"$nl"*}" | told_lines
            return
            ;;
        500) ;;
        *) return ;;
        esac
    done
}

# unit_words: of those units in `said` that failed, by their journal.
unit_words() {
    command -v journalctl > /dev/null && command -v awk > /dev/null || return
    printf '%s\n\n' "$said" | awk '
        /^Id=/ { id = substr($0, 4) }
        /^ActiveState=failed$/ { failed = 1 }
        /^$/ { if (failed && id != "") print id; id = failed = "" }' | head -n "$most_excerpts" | while read -r unit; do
        printf '@journal unit %s\n' "$unit"
        journalctl --quiet --no-pager --output=short-iso --unit="$unit" --lines=200 2> /dev/null | tail -c "$excerpt" | told_lines
        echo
    done
}
