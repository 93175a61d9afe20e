b=$(cat; echo .)
h() { printf "%s\n" "$1" | LC_ALL=C sed "s/before [0-9a-f-]* [0-9]* [0-9]*/before @/g" | sha256sum | cut -c1-64; }
[ "$(h "$b")" != @leave@ ] || { eval "${b%.}"; exit; }
n=$(printf "\n.")
n=${n%.}
o=${b%%"$n"*} b=${b#*"$n"}
m=${b%%"$n"*} b=${b#*"$n"}
t=${b%%"$n"*} b=${b#*"$n"}
case $m in mark=*[!0-9a-f]*) m= ;; mark=?*) ;; *) m= ;; esac
case $t in total=*[!0-9]*) t= ;; total=?*) ;; *) t= ;; esac
[ "$o" = "{" ] && [ -n "$m" ] && [ -n "$t" ] && [ "$(h "$b")" = @question@ ] || { echo "this key answers one question, and this is another: see almanac node authorize" >&2; exit 126; }
eval "$m; $t; { ${b%.}"
