# Talks to the RAPI of a Ganeti cluster's master. Before it stand: user, password, password_file, ca_file, and the function
# `places`, which calls `try SHOWN BASE VIA` for each place where the master may be. `ready`, then `locate`, then what is
# asked of it, each within `patience` seconds if that is set. No secret stands in a command line: all go through standard
# input, printf being part of the shell.
nl='
'

quoted() {
    printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'
}

# with_curl METHOD PATH BODY: prints the reply, and below it the HTTP status.
with_curl() {
    login=
    [ -z "$user" ] || login="user = \"$(quoted "$user:$password")\""
    curl -q -sS -g -K - <<END
url = "$base$2"
request = "$1"
noproxy = "*"
connect-timeout = 10
header = "Content-Type: application/json"
write-out = "\\n%{http_code}"
${3:+data = \"$(quoted "$3")\"}
${via:+connect-to = \"::$via\"}
${patience:+max-time = $patience}
${ca_file:+cacert = \"$(quoted "$ca_file")\"}
$login
END
}

in_python='
import base64, http.client, socket, ssl, sys
from urllib.parse import urlsplit
base, via, ca, login, method, path, body, patience = sys.stdin.buffer.read().decode().split("\n")[:8]
url = urlsplit(base)
there = urlsplit("//" + via) if via else url
context = ssl.create_default_context(cafile=ca or None)

class Via(http.client.HTTPSConnection):
    def connect(self):
        plain = socket.create_connection((there.hostname, there.port), 10)
        plain.settimeout(float(patience) if patience else None)
        self.sock = context.wrap_socket(plain, server_hostname=url.hostname)

headers = {"Content-Type": "application/json"}
if login != ":":
    headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
try:
    connection = Via(url.netloc)
    connection.request(method, path, body or None, headers)
    reply = connection.getresponse()
    sys.stdout.buffer.write(reply.read() + ("\n%d" % reply.status).encode())
except (OSError, http.client.HTTPException) as error:
    sys.exit(str(error) or type(error).__name__)
'

with_python() {
    printf '%s\n' "$base" "$via" "$ca_file" "$user:$password" "$1" "$2" "$3" "${patience-}" | python3 -I -c "$in_python"
}

give_up() {
    printf '%s\n' "$1" >&2
    exit 1
}

# refused PATH: why the master does not tell it.
refused() {
    case $code in
        401) give_up "the cluster at $shown does not accept this user and password; compare them with its rapi/users" ;;
        403) give_up "the cluster at $shown does not let this user read $1; give it the option read in rapi/users" ;;
        404 | 501) give_up "the cluster at $shown answered HTTP $code for $1; see whether Ganeti's RAPI, 2.6 or newer, is there" ;;
        *) give_up "the cluster at $shown answered HTTP $code for $1; see rapi-daemon.log in /var/log/ganeti on its master" ;;
    esac
}

# why: what the tool said of a request that got no answer. Where one was broken off, its beginning stands before that.
why() {
    why=$(printf '%s\n' "$reply" | sed -n 's/.*curl: ([0-9]*) //p' | head -n 1)
    [ -n "$why" ] || why=$(printf '%s' "$reply" | tail -n 1)
    why=$(printf '%s' "$why" | head -c 300)
}

unreached() {
    why
    give_up "the cluster at $shown did not answer $1: $why; see on its master whether ganeti-rapi runs, and listens there"
}

# try SHOWN BASE VIA: whether the master is there; the first that answers is asked everything.
try() {
    [ -z "$reply" ] || return 0
    shown=$1 base=$2 via=$3
    if ! reply=$("$tool" GET /2/info '' 2>&1); then
        silence=$reply
        reply=
    fi
}

# ready: finds a tool, and reads the password.
ready() {
    if curl --version > /dev/null 2>&1; then
        tool=with_curl
    elif command -v python3 > /dev/null; then
        tool=with_python
    else
        give_up "the cluster can't be asked: install curl or python3 on the node"
    fi
    if [ -n "$password_file" ]; then
        [ -r "$password_file" ] || give_up "there is no password file $password_file that this user may read"
        IFS= read -r password < "$password_file" || : # a last line may lack its end
    fi
    [ -z "$ca_file" ] || [ -r "$ca_file" ] || give_up "there is no certificate $ca_file that this user may read"
}

# locate: finds the master; `reply` is then what it tells of the cluster.
locate() {
    reply= silence=
    places
    [ -z "$reply" ] || return 0
    reply=$silence
    unreached /2/info
}
