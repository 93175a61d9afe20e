say() { key=$1; shift; "$@" 2>/dev/null | sed -e "s|^|$key |" -e 500q; }
line() { { read -r line <"$2" && printf '%s %s\n' "$1" "$line"; } 2>/dev/null; }
table() { printf 'table %s\n' "$1"; shift; "$@" 2>/dev/null; }
kernel=/proc/sys/kernel
if { read -r system <$kernel/ostype && read -r release <$kernel/osrelease && read -r arch <$kernel/arch; } 2>/dev/null
then printf 'uname %s %s %s\n' "$system" "$release" "$arch"
else say uname uname -srm; fi
[ ! -r /etc/os-release ] || while read -r text || [ "$text" ]; do printf 'release %s\n' "$text"; done </etc/os-release
! command -v sw_vers >/dev/null || say product sw_vers -productVersion
if [ -r /proc/loadavg ]; then line loadavg /proc/loadavg; else say uptime uptime; fi
line up /proc/uptime
line stat /proc/stat
line boot $kernel/random/boot_id
line machine /etc/machine-id
if [ -r /proc/meminfo ]; then
    while read -r text; do
        case $text in
        MemTotal:* | MemFree:* | MemAvailable:* | Buffers:* | Cached:* | SwapTotal:*) printf 'memory %s\n' "$text" ;;
        SwapFree:*) printf 'memory %s\n' "$text"; break ;;
        esac
    done </proc/meminfo
else
    say started sysctl -n kern.boottime
    say bytes sysctl -n hw.memsize
    say bytes sysctl -n hw.physmem
fi
if [ -r /sys/devices/system/cpu/online ]; then line online /sys/devices/system/cpu/online; else
    cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null)
    case $cpus in
    '' | 0 | *[!0-9]*) say cpus grep -c '^processor' /proc/cpuinfo; say cpus sysctl -n hw.ncpu ;;
    *) echo "cpus $cpus" ;;
    esac
fi
if [ -r /proc/self/stat ]; then set -- /proc/[0-9]*; echo "processes $#"
else say processes sh -c 'ps -A -o pid= | wc -l'; fi
for zone in /sys/class/thermal/thermal_zone*; do
    { read -r degrees <"$zone/temp" && read -r name <"$zone/type" && echo "celsius $degrees $name"; } 2>/dev/null
done
for sensor in /sys/class/hwmon/hwmon*/temp*_input; do
    { read -r degrees <"$sensor" && read -r name <"${sensor%/*}/name"; } 2>/dev/null || continue
    label=${sensor##*/}; label=${label%_input}
    { read -r label <"${sensor%_input}_label"; } 2>/dev/null
    echo "celsius $degrees $name $label"
done
remote='^[^ ]*:|^//|^-hosts |^[^ ]+ [^ ]+ (acfs|afs|auristorfs|coda|fhgfs|gpfs|ibrix|ocfs2|vxfs) '
whole=yes
table disk df -P -k -l || whole=
[ ! -r /proc/meminfo ] || table inodes df -P -i -l || whole=
if [ ! "$whole" ] || [ ! -r /proc/mounts ] || grep -Eq "$remote" /proc/mounts; then
    table disk df -P -k
    [ ! -r /proc/meminfo ] || table inodes df -P -i
fi
echo "end"
