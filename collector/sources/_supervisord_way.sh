# How supervisord is spoken to. `_supervisord.py` puts the values before it: shown, socket, scheme, host, path, user,
# password, password_file; `request` is what is asked, and `say` is there.
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
url = "$scheme://$host$path"
noproxy = "*"
header = "Content-Type: text/xml"
data = "$(quoted "$request")"
write-out = "\\n%{http_code}"
$through
$login
END
}

in_python='
import base64, http.client, socket, sys
path, scheme, host, url, login, request = sys.stdin.buffer.read().decode().split("\n")[:6]

class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)

headers = {"Content-Type": "text/xml"}
if login != ":":
    headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
try:
    web = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = Unix("localhost") if path else web(host)
    connection.request("POST", url, request, headers)
    reply = connection.getresponse()
    sys.stdout.buffer.write(reply.read() + ("\n%d" % reply.status).encode())
except (OSError, http.client.HTTPException) as error:
    sys.exit(str(error) or type(error).__name__)
'

with_python() {
    printf '%s\n' "$socket" "$scheme" "$host" "$path" "$user:$password" "$request" | python3 -I -c "$in_python"
}

# ready: the password is read, if it lies on the node; else why supervisord can't be spoken to is told.
ready() {
    if [ -n "$socket" ] && [ ! -S "$socket" ]; then
        say "there is no socket $socket, or this user may not see it; is supervisord running?" 1
    elif [ -n "$socket" ] && [ ! -w "$socket" ]; then
        say "no permission for $socket; let this user write to it: chmod and chown in [unix_http_server]" 1
    elif [ -n "$password_file" ] && ! [ -r "$password_file" ]; then
        say "there is no password file $password_file that this user may read" 1
    else
        [ -z "$password_file" ] || IFS= read -r password < "$password_file" || : # a last line may lack its end
        return 0
    fi
    return 1
}

# Prints the tool that speaks to it, nothing if there is none.
speaker() {
    if curl --version 2> /dev/null | grep -q "${socket:+UnixSockets}"; then
        echo with_curl
    elif command -v python3 > /dev/null; then
        echo with_python
    fi
}

# exchange TOOL: asks `request`; `reply` is what came, or why nothing did is told.
exchange() {
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
        reply=${reply%"$nl"*}
        return 0
    fi
    return 1
}
