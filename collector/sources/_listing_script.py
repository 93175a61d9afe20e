"""The POSIX sh text that lists a backup folder in the records of `_listing`. No process per file; nothing is changed.

`find` is asked for as little as it can be and really tried on the folder first, since an option unknown to an old one
must be told, never pass for an empty folder. What it complains of travels with the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from shlex import quote

from collector.layout import Layout

# GNU's `find` tells all by itself. Else `stat -c` is GNU's and BusyBox's, `stat -f` that of BSD and macOS; `ls` tells
# sizes only. Old ones lack `{} +` or -readable: both stand where nothing comes, behind -printf, so that it is seen.
_LISTER = r"""
folder=FOLDER
[ -d "$folder" ] || { echo "there is no folder $folder" >&2; exit 1; }
cd "$folder" && [ -r . ] || { echo "the folder $folder can't be read by $(id -un)" >&2; exit 1; }
list() {
    case $lister in
    find) find "$@" \( -type d -printf '//F %s %T@ %C@ 4000//%p//\n' -o -type f -printf '//F %s %T@ %C@ 8000//%p//\n' \
        -o -printf '//F %s %T@ %C@ 0//%p//\n' -o -readable -exec : {} "$many" \) ;;
    gnu) find "$@" -exec stat -c '//F %s %Y %Z %f//%n//' {} "$many" ;;
    bsd) find "$@" -exec stat -f '//F %z %m %c %Xp//%N//' {} "$many" ;;
    ls) find "$@" -exec sh -c 'set -f
        for path do
            set -- $(ls -dln "$path"); mode=0
            case $1 in -*) mode=8000 ;; d*) mode=4000 ;; l*) mode=a000 ;; esac
            [ $mode != 0 ] && printf "//F %s - - %s//%s//\n" "$5" "$mode" "$path"
        done; :' sh {} "$many" ;;
    esac
}
able() {
    case $(list . -prune 2>/dev/null) in "//F "[0-9]*" "[-0-9]*" "[-0-9]*" "[0-9]*"//.//") ;; *) return 1 ;; esac
}
is_able=
for many in + ';'; do for lister in find gnu bsd ls; do able && is_able=1 && break 2; done; done
[ "$is_able" ] || { echo "the tools find, stat and ls can't list $folder" >&2; exit 1; }
# part NAME COMMAND: its answer, then its complaints, then the mark that it is whole
part() {
    name=$1; shift
    { complaints=$("$@" 2>&1 1>&3) || :; } 3>&1
    [ -z "$complaints" ] || printf '%s\n' "$complaints" | sed -e 's|^|//E////|' -e 100q
    printf '//. %s////\n' "$name"
}
"""

# What find can't read it complains of, in words that escape names or break them; so closed folders are looked for. The
# second walk would complain of the same. Where find tells all by itself, or GNU's or BusyBox's stat got all names at
# once, the first one's status says whether there was anything that could not be read.
_TARBALLS = r"""
closed() {
    find . -type d -exec sh -c 'for path do
        [ -r "$path" ] && [ -x "$path" ] || printf "//C//%s//\n" "$path"
    done; :' sh {} "$many" 2>/dev/null
}
tarballs() {
    set -- . \( NAMES \)LINKS
    list "$@" && case $lister$many in find? | gnu+) return ;; esac
    closed
}
part listing tarballs
"""

# GNU's find tells on the way, in a test that is always true, links that lead to what can be read. It would complain of
# some others, and prints a target as it is, newlines too: those are told by the shell.
_LINK = r"""
link='for path do
    mark=-
    [ -e "$path" ] && mark=+
    printf "//L %s//%s//%s\n" "$mark" "$path" "$(readlink "$path" | head -n 1)"
done; :'
"""
_LINKS_TOLD = r"""
    [ "$lister" != find ] || set -- "$@" \( ! -name last -o ! -type l -o ! -lname '*
*' -readable -printf '//L +//%p//%l\n' -o -exec sh -c "$link" sh {} ';' \)"""
_LINKS = r"""
links() { [ "$lister" = find ] || find . -name last -type l -exec sh -c "$link" sh {} "$many"; }
part links links
"""

# Those of more than 4 kB are told within parentheses and read no further: `! -name '*'` is never true. BusyBox forgets
# an `-exec {} +` within parentheses, so the other one stands outside.
_SIDECARS = r"""
sidecars() {
    find . -type f \( NAMES \) \( -size -9 -o -exec printf '//U//%s//\n' {} ';' ! -name '*' \) -exec sh -c 'for path do
        line=
        if [ -r "$path" ]; then
            IFS= read -r line <"$path"
            printf "//D//%s//%.500s\n" "$path" "$line"
        else
            printf "//U//%s//\n" "$path"
        fi
    done; :' sh {} "$many"
}
part sidecars sidecars
"""

# A repository is known by what Subversion, Trac and Git put into it. What can't be looked into might be one.
_REPOSITORIES = r"""
repositories() {
    cd FOLDER || return
    whole=+
    for path in ./* ./*/*; do
        [ -d "$path" ] || continue
        [ -r "$path" ] && [ -x "$path" ] || { echo "$path: can't be looked into" >&2; whole=-; continue; }
        case $path in ./*/*) ;; *) continue ;; esac
        if [ -f "$path/format" ] && [ -d "$path/db" ]; then kind=svn
        elif [ -f "$path/VERSION" ] && [ -d "$path/conf" ]; then kind=trac
        elif [ -f "$path/HEAD" ] && [ -d "$path/objects" ]; then kind=git
        else continue
        fi
        [ -L "$path-scm-recover-repo" ] && kind=restored
        printf '//R %s//%s//\n' "$kind" "$path"
    done
    printf '//R %s//.//\n' "$whole"
}
part repositories repositories
"""

_LOCKS = r"""
locks() {
    index=0
    for path in FOLDERS; do
        if [ -d "$path" ]; then printf '//K %s////\n' "$index"; list "$path"; fi
        index=$((index + 1))
    done
}
part locks locks
"""

# Names with newlines are left out here: sed and awk read lines. They are listed all the same, only not tested. A stamp
# beyond tomorrow (`limit`: 38 hours ahead of UTC, which is tomorrow in every zone) is a slip and no newest backup.
_NEWEST = r"""
newest() {
    limit=$(date +%s 2>/dev/null)
    case $limit in
    '' | *[!0-9]*) limit= ;;
    *)
        limit=$((limit + 136800))
        limit=$(date -u -d "@$limit" +%Y%m%d%H%M%S 2>/dev/null || date -u -r "$limit" +%Y%m%d%H%M%S 2>/dev/null)
        ;;
    esac
    find . -type f \( NAMES \) ! -path '*
*' | sed -n COMMANDS | awk -F// -v "limit=${limit:-99999999999999}" '
        $2 + 0 > limit + 0 { next }
        !($1 in best) || $2 + 0 RELATION best[$1] + 0 { best[$1] = $2; paths[$1] = $3; next }
        $2 + 0 == best[$1] + 0 { paths[$1] = paths[$1] "\n" $3 }
        END { for (item in paths) print paths[item] }' | sort
}
"""

# An archive is sound if it unpacks without a complaint and, where its name says so, to a whole tar. Each program tells
# its own verdict; tar's comes last, since the other has ended by then.
_ARCHIVES = r"""
verdict() {
    said=$(printf '%s\n' "$4" | sed -n -e '/^tar: Removing/d' -e '/./{' -e p -e q -e '}')
    printf '//A %s %s//%s//%.200s\n' "$1" "$2" "$3" "$said"
}
unpack() {
    case $1 in
    cat) cat ;;
    *) { said=$("$1" -dc 2>&1 1>&3); verdict $? "$1" "$2" "$said" >&4; } 3>&1 ;;
    esac <"$2"
}
untar() {
    said=$(tar -tf - 2>&1 >/dev/null); status=$?
    cat >/dev/null
    verdict "$status" tar "$1" "$said" >&4
}
archives() {
    newest | while IFS= read -r path; do
        name=$path
        case ${name##*.} in *[!0-9]*) ;; *) name=${name%.*} ;; esac
        case $name in
        *.gz | *.tgz) tool=gzip ;;
        *.bz2 | *.tbz2) tool=bzip2 ;;
        *.xz | *.txz) tool=xz ;;
        *.zst | *.tzst) tool=zstd ;;
        *.tar) tool=cat ;;
        *) echo "$path can't be tested: its name tells no kind of archive" >&2; continue ;;
        esac
        case $name in *.tar | *.tar.* | *.tgz | *.tbz2 | *.txz | *.tzst) then=tar ;; *) then=cat ;; esac
        for needed in $tool $then; do
            command -v $needed >/dev/null 2>&1 && continue
            echo "$path can't be tested: there is no $needed" >&2; continue 2
        done
        if [ ! -r "$path" ]; then echo "$path can't be tested: it is not readable" >&2; continue; fi
        { unpack $tool "$path" | if [ $then = tar ]; then untar "$path"; else cat >/dev/null; fi; } 4>&1
    done
}
part archives archives
"""

_SUMS = r"""
sum() {
    if command -v md5sum >/dev/null 2>&1; then md5sum
    elif command -v md5 >/dev/null 2>&1; then md5 -q
    else openssl md5 -r 2>/dev/null
    fi
}
sums() {
    newest | while IFS= read -r path; do
        if [ ! -r "$path" ]; then echo "$path can't be summed: it is not readable" >&2; continue; fi
        sum=$(sum <"$path")
        case ${sum%% *} in
        ????????????????????????????????) printf '//M %s//%s//\n' "${sum%% *}" "$path" ;;
        *) echo "$path can't be summed: there is no md5sum, md5 or openssl" >&2 ;;
        esac
    done
}
part sums sums
"""


def repositories(folder: str) -> str:
    """The text that looks for repositories as KIND/NAME below a folder."""
    return _filled(_REPOSITORIES, FOLDER=quote(folder))


def script(folder: str, layout: Layout, locks: Sequence[str], verify: Iterable[str], links: bool) -> str:
    """The text that lists `folder`. `links`: it is kept by env's scm-backup, with `last` links and KIND/NAME folders.

    locks: lock folders, relative to it.   verify: "newest" (test archives), "digest" (recompute MD5).
    """
    globs = layout.globs
    partial = [f".{glob}.??????" for glob in globs]
    names = [".", *globs, *partial, *(["last"] if links else [])]
    items = r" -o -type d -path './*/*' ! -path './*/*/*' -o -type l ! -path './*/*/*'" if links else ""
    text = _filled(_LISTER, FOLDER=quote(folder))
    text += _filled(_LOCKS, FOLDERS=" ".join(map(quote, locks))) if locks else ""
    text += _LINK if links else ""
    text += _filled(_TARBALLS, NAMES=_names(names) + items, LINKS=_LINKS_TOLD if links else "")
    text += _LINKS if links else ""
    text += _filled(_SIDECARS, NAMES=_names([f"{glob}.dna" for glob in globs]))
    wanted = set(verify)
    if wanted:
        commands = " ".join(f"-e {quote(command)}" for command in layout.sed)
        relation = "<" if layout.rotated else ">"
        text += _filled(_NEWEST, NAMES=_names(globs), COMMANDS=commands, RELATION=relation)
    return text + (_ARCHIVES if "newest" in wanted else "") + (_SUMS if "digest" in wanted else "")


def _names(globs: Iterable[str]) -> str:
    return " -o ".join(f"-name {quote(glob)}" for glob in globs)


def _filled(text: str, **values: str) -> str:
    """The text with its capital words replaced, all in one go: what is put in is never looked through again."""
    return re.sub("|".join(values), lambda match: values[match[0]], text)
