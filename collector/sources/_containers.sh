# Looks for demos' logs in running containers of Docker too. Before it stand _logs.sh and _demos.sh, their text as `lib`,
# folder, files, and known_in.
# limited COMMAND: a container may hang, and so may what it runs.
limited() {
    if command -v timeout > /dev/null; then timeout 20 "$@"; else "$@"; fi
}

# within NAME: the same text in a container, by its own shell. What that prints it could make up: no line of it can begin as
# a frame does, and it is no longer than `cap`. A NUL, which ends a line for some a sed, becomes another byte.
within() {
    limited docker exec "$1" sh -c "token=$token most=$most first=$first
$lib
$(known_in "$1")
demos \"\$1\" \"\$2\"
frame over" sh "$folder" "$files" < /dev/null 2> /dev/null | head -c "$cap" | tr '\000' '\032' | LC_ALL=C sed 's/^/|/'
}

# containers WANTED MOST: so many at most. WANTED: yes if it is told why none can be looked into.
containers() {
    wanted=$1 most_containers=$2 cap=$((4 * most + 100000))
    if ! command -v docker > /dev/null; then
        [ "$wanted" = no ] || fail "there is no docker command on the node"
    elif running=$(limited docker ps --format '{{.Names}}' 2> /dev/null); then
        printf '%s\n' "$running" | head -n "$most_containers" | while IFS=, read -r name _; do
            case $name in '' | *[!A-Za-z0-9_.-]*) continue ;; esac
            frame "container $name"
            within "$name"
        done
    elif [ "$wanted" = yes ]; then
        fail "docker: $(limited docker ps 2>&1 > /dev/null | tr '\n' ' ' | head -c 300)"
    fi
}
