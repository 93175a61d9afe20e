# Reads logs on from where the pass before stopped. Before it stand: token, most and first (bytes), zone.
failed=0
frame() { printf '\n@%s %s\n' "$token" "$*"; }
fail() {
    frame "failed $*"
    printf '%s\n' "$*" >&2
    failed=1
}

# look FILE: its inode and size.
look() {
    inode= size=
    read -r inode _ _ _ _ size _ <<EOF
$(ls -Lnid -- "$1" 2>/dev/null)
EOF
    case $inode$size in '' | *[!0-9]*) return 1 ;; esac
}

# piece FILE FROM TO: the bytes between; a file of gigabytes is never read whole.
piece() {
    case $1 in
    *.gz) gzip -dc -- "$1" 2>/dev/null | tail -c "+$(($2 + 1))" | head -c "$(($3 - $2))" ;;
    *)
        block=$(($2 / 65536))
        dd if="$1" bs=65536 skip="$block" count="$((($3 - block * 65536 + 65535) / 65536))" 2>/dev/null |
            tail -c "+$(($2 - block * 65536 + 1))" | head -c "$(($3 - $2))"
        ;;
    esac
}

# sum FILE LENGTH: a checksum of its head; 0 where the node has no tool for it, and inode and size have to do.
sum() {
    read -r got _ <<EOF
$(piece "$1" 0 "$2" | $summer)
EOF
    got=${got:-0}
}
summer='cat /dev/null'
for tool in md5sum cksum; do ! command -v $tool >/dev/null || summer=$tool; done

# continues FILE: whether it is what was read before, by its head.
continues() {
    [ "$len" -gt 0 ] || return 1
    case $1 in *.gz) ;; *) look "$1" && [ "$size" -ge "$off" ] || return 1 ;; esac
    sum "$1" "$len"
    [ "$got" = "$crc" ]
}

# tell NUMBER FILE FROM TO WORD: a part of it, its last `most` bytes if it is longer.
tell() {
    start=$3 cut=$6
    if [ $(($4 - $3)) -gt "$most" ]; then
        start=$(($4 - most)) cut=1
        frame "skipped $1 $((start - $3))"
    fi
    frame "$5 $1 $start $cut"
    [ "$4" -le "$start" ] || piece "$2" "$start" "$4"
}

# rest NUMBER FILE: what was rotated away since, the oldest first.
rest() {
    hit=
    for old in "$2".[0-9]* "$2"-[0-9]* "$2".old; do
        [ -f "$old" ] && look "$old" || continue
        if [ "$inode" = "$ino" ] && { [ "$len" -eq 0 ] || continues "$old"; }; then hit=$old; break; fi
        [ -n "$hit" ] || ! continues "$old" || hit=$old
    done
    if [ -z "$hit" ]; then
        frame "lost $1"
        return
    fi
    whole "$hit"
    tell "$1" "$hit" "$off" "$size" rest 0
    ls -tr -- "$2".[0-9]* "$2"-[0-9]* "$2".old 2>/dev/null | while read -r old; do
        [ -f "$old" ] && [ "$old" -nt "$hit" ] || continue
        whole "$old"
        tell "$1" "$old" 0 "$size" rest 0
    done
}

# whole FILE: the size of what it holds, unpacked.
whole() {
    case $1 in
    *.gz) size=$(($(gzip -dc -- "$1" 2>/dev/null | wc -c))) ;;
    *) look "$1" || size=0 ;;
    esac
}

# log NUMBER FILE INODE OFFSET LENGTH CHECKSUM: the last four are of the pass before, none in the first.
log() {
    file=$2 ino=$3 off=$4 len=$5 crc=$6
    if [ ! -e "$file" ]; then fail "$file: there is no such file"; return; fi
    if [ ! -f "$file" ]; then fail "$file: is no regular file"; return; fi
    if [ ! -r "$file" ]; then fail "$file: may not be read; add this user to its group, often adm"; return; fi
    look "$file" || { fail "$file: ls does not tell its size"; return; }
    new=$inode end=$size from=0 cut=0
    if [ -z "$ino" ]; then
        [ "$end" -le "$first" ] || from=$((end - first)) cut=1
    elif [ "$new" = "$ino" ] && [ "$end" -ge "$off" ] && { [ "$len" -eq 0 ] || continues "$file"; }; then
        from=$off
    else
        rest "$1" "$file"
    fi
    head=$((end < 256 ? end : 256))
    sum "$file" "$head"
    tell "$1" "$file" "$from" "$end" now "$cut"
    if look "$file" && [ "$inode" = "$new" ] && [ "$size" -ge "$end" ]; then frame "end $1 $new $head $got"
    else frame "moved $1"; fi
}

# journal CURSOR LINES OPTION...: `first` of it in the first pass are lines, not bytes.
journal() {
    cursor=$1 lines=$2
    shift 2
    command -v journalctl >/dev/null || { fail "there is no journalctl on the node"; return; }
    frame journal
    if [ -n "$cursor" ]; then
        show "$lines" --after-cursor="$cursor" "$@" && return
        frame "lost journal"
        frame journal
    fi
    show 1000 "$@" || fail "journalctl: $said"
}
show() {
    n=$1
    shift
    { said=$(journalctl -o json --no-pager -n "$n" "$@" 2>&1 >&3 3>&-); } 3>&1 || {
        said=$(printf '%s' "$said" | tr '\n' ' ' | head -c 300)
        return 1
    }
    case $said in *'not seeing messages'*) frame "hint" ;; esac
    frame "end journal"
}
printf '@%s\n' "$token"
frame "zone $(date +%z)"
