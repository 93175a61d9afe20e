# Runs on the node. control/joining.py puts `blob` (of a public key, in base64) and `line` (the whole line for that key, empty
# to take it away) before it. The file is written aside and renamed, so that nobody is ever locked out by half of it.
umask 077
cd || exit 1
file=.ssh/authorized_keys
[ -d .ssh ] || [ -z "$line" ] || mkdir .ssh || exit 1
[ ! -L "$file" ] || file=$(readlink -f "$file") || exit 1
[ -e "$file" ] || [ -z "$line" ] || : > "$file" || exit 1
[ -e "$file" ] || exit 0
aside=$file.almanac-aside
cp -p "$file" "$aside" || exit 1
grep -vF -e "$blob" "$file" > "$aside"
[ "$?" -le 1 ] && { [ -z "$line" ] || printf '%s\n' "$line" >> "$aside"; } &&
    { sync "$aside" || sync; } 2> /dev/null && mv "$aside" "$file" && exit 0
rm -f "$aside"
exit 1
