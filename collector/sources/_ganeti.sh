# Asks a Ganeti cluster's master what a pass wants to know; `failed_jobs` and `_rapi.sh` stand before it. Nothing is changed.

# part NAME METHOD PATH BRACKETS BODY: tells one answer, which must stand whole within its brackets.
part() {
    [ -n "$reply" ] || reply=$("$tool" "$2" "$3" "$5" 2>&1) || unreached "$3"
    code=${reply##*"$nl"}
    [ "$code" = 200 ] || refused "$3"
    reply=$(printf '%s' "${reply%"$nl"*}")
    case $reply in
        "${4%?}"*"${4#?}") printf '@part %s\n%s\n' "$1" "$reply" ;;
        *) give_up "the answer of the cluster at $shown for $3 is not whole; see rapi-daemon.log in /var/log/ganeti on its master" ;;
    esac
    reply=
}

ready
locate
part info GET /2/info '{}' ''
part groups GET '/2/groups?bulk=1' '[]' ''
part nodes GET '/2/nodes?bulk=1' '[]' ''
part instances GET '/2/instances?bulk=1' '[]' ''
part jobs PUT /2/query/job '{}' "$failed_jobs"
