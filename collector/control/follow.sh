# Tells what is added to a file, each second, until nobody hears it any more: a frame is said even if nothing came, so that
# the end of the connection ends this too. Before it stand: mark, file, offset.
# The file is held open, so that what a rotated one got last is not lost.
LC_ALL=C
export LC_ALL
exec 2> /dev/null

# number: that of the inode that the file has now.
number() {
    number=$(ls -di "$file") || return 1
    number=$(echo $number | sed 's/ .*//')
}

# take: opens the file; `known` is its number.
take() {
    while number; do
        known=$number
        exec 7< "$file" || return 1
        number && [ "$number" != "$known" ] || return 0
    done
    return 1
}

length() {
    wc -c < "$file" || echo 0
}

[ -f "$file" ] && [ -r "$file" ] && take || exit 1
dd bs=1 skip="$offset" count=0 <&7
last=$offset
while printf '\n%s data\n' "$mark"; do
    cat <&7
    if [ -f "$file" ] && [ -r "$file" ] && number; then
        size=$(($(length)))
        if [ "$number" != "$known" ]; then
            cat <&7
            take && cat <&7
        elif [ "$size" -lt "$last" ]; then
            take && cat <&7
        fi
        last=$size
    fi
    sleep 1
done
