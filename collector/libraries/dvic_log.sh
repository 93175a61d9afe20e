# Logs of a demo for Almanac, which reads /tmp/dvic_log_* of every machine. For any POSIX shell; read it in, then write:
#
#     . /usr/local/lib/dvic_log.sh
#     dvic_log started; dvic_warning "it is hot"; dvic_error "no camera"; dvic_end
#
# Never blocks and never fails: where no log can be written, none is. MIT licence, as Almanac.

dvic_file=

# Makes the file, which must not be there yet: `set -C` opens it with O_EXCL, which follows no link.
dvic_begin() {
    dvic_token=$(od -An -N12 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n' 2>/dev/null) || return 0
    [ "${#dvic_token}" -eq 24 ] || return 0
    dvic_stat=$(cat "/proc/$$/stat" 2>/dev/null) || return 0
    dvic_start=$(printf '%s' "${dvic_stat##*) }" | cut -d ' ' -f 20 2>/dev/null) || return 0
    dvic_boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) || dvic_boot=-
    dvic_name=$(printf '%s' "$0" | tr '\n' ' ' 2>/dev/null) || return 0
    dvic_user=$(id -un 2>/dev/null || id -u 2>/dev/null) || return 0
    dvic_line="dvic-log 1 $$ $dvic_start $dvic_boot $dvic_user $dvic_name"
    (umask 022; set -C; printf '%s\n' "$dvic_line" >"/tmp/dvic_log_$dvic_token") 2>/dev/null || return 0
    dvic_file=/tmp/dvic_log_$dvic_token
}

# dvic_add: adds what it reads, up to 50 MB (in bash 100), so that no demo fills the disk. Whoever cleans /tmp may have
# taken the file away, and somebody else may have made a link or a file of that name since.
dvic_add() {
    [ -n "$dvic_file" ] && [ -f "$dvic_file" ] && [ ! -h "$dvic_file" ] && [ -O "$dvic_file" ] || return 0
    (ulimit -c 0; ulimit -f 97656; exec cat >>"$dvic_file") 2>/dev/null || return 0
}

# dvic_write LEVEL TEXT...
dvic_write() {
    dvic_level=$1
    shift
    (printf '%s\n' "$*" | sed "s/^/$(date -u +%Y-%m-%dT%H:%M:%SZ) $dvic_level : /" | dvic_add) 2>/dev/null || return 0
}

dvic_log() { dvic_write Log "$@"; }
dvic_warning() { dvic_write Warning "$@"; }
dvic_error() { dvic_write Error "$@"; }
dvic_end() { (echo 'dvic-log end' | dvic_add) 2>/dev/null || return 0; }

dvic_begin
