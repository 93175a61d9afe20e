# Gives orders to a Ganeti cluster, each once: the reply and its HTTP status below a line `@order`, or what went wrong and
# `lost`. `_rapi.sh` stands before it, and the orders behind.
order() {
    printf '@order\n'
    reply=$("$tool" "$1" "$2" "$3" 2>&1) || reply=$reply${nl}lost
    printf '%s\n' "$reply"
}

ready
locate
case ${reply##*"$nl"} in
    401) give_up "the cluster at $shown does not accept this user and password" ;;
    200) ;;
    *) give_up "the cluster at $shown answered HTTP ${reply##*"$nl"} for /2/info" ;;
esac
