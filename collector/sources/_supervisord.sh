# Asks supervisord for its state, its version and all processes, in one call that changes nothing. `_supervisord.py`
# puts the values before it: shown, socket, host, path, user, password, password_file, request; and `say` is there.
# No secret stands in a command line: all go through standard input, printf being part of the shell.
nl='
'

quoted() {
    printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'
}

# Prints the reply, and below it the HTTP status.
with_curl() {
    login=
    [ -z "$user" ] || login="user = \"$(quoted "$user:$password")\""
    through=
    [ -z "$socket" ] || through="unix-socket = \"$(quoted "$socket")\""
    curl -q -sS -g -K - <<END
url = "http://$host$path"
noproxy = "*"
header = "Content-Type: text/xml"
data = "$request"
write-out = "\\n%{http_code}"
$through
$login
END
}

in_python='
import base64, http.client, socket, sys
path, host, url, login, request = sys.stdin.buffer.read().decode().split("\n")[:5]

class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)

headers = {"Content-Type": "text/xml"}
if login != ":":
    headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
try:
    connection = Unix("localhost") if path else http.client.HTTPConnection(host)
    connection.request("POST", url, request, headers)
    reply = connection.getresponse()
    sys.stdout.buffer.write(reply.read() + ("\n%d" % reply.status).encode())
except (OSError, http.client.HTTPException) as error:
    sys.exit(str(error) or type(error).__name__)
'

with_python() {
    printf '%s\n' "$socket" "$host" "$path" "$user:$password" "$request" | python3 -I -c "$in_python"
}

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

by_http() {
    reply=$("$1" 2>&1)
    status=$?
    code=${reply##*"$nl"}
    if [ "$status" != 0 ]; then
        why=$(printf '%s' "$reply" | sed -e 's/^000//' -e 's/^curl: ([0-9]*) //' | tr '\n' ' ' | head -c 300)
        say "can't reach supervisord at $shown: $why" "$status"
    elif [ "$code" = 401 ]; then
        say "supervisord at $shown does not accept this user and password" 1
    elif [ "$code" != 200 ]; then
        say "supervisord at $shown answered HTTP $code" 1
    else
        printf '@supervisor xml\n%s\n' "${reply%"$nl"*}"
        case $reply in *'<name>faultCode</name>'*) fault ;; esac
    fi
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
    if [ -n "$socket" ] && [ ! -S "$socket" ]; then
        say "there is no socket $socket, or this user may not see it; is supervisord running?" 1
    elif [ -n "$socket" ] && [ ! -w "$socket" ]; then
        say "no permission for $socket; let this user write to it: chmod and chown in [unix_http_server]" 1
    elif [ -n "$password_file" ] && ! [ -r "$password_file" ]; then
        say "there is no password file $password_file that this user may read" 1
    elif curl --version 2> /dev/null | grep -q "${socket:+UnixSockets}"; then
        by_http with_curl
    elif command -v python3 > /dev/null; then
        by_http with_python
    elif command -v supervisorctl > /dev/null; then
        by_words
    else
        say "supervisord can't be asked: install curl, python3 or supervisorctl on the node" 127
    fi
}
[ ! -r "$password_file" ] || IFS= read -r password < "$password_file" || : # a last line may lack its end
ask
