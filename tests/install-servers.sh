#!/bin/sh
# install-servers.sh PACKAGE...   the Debian packages that the tests drive for real. None is started: the tests start
# their own, on free ports, with their own configuration.
set -eu
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
policy=/usr/sbin/policy-rc.d   # asked by Debian's packages before they start a service
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" > /dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
$as_root apt-get update -q
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends "$@"
