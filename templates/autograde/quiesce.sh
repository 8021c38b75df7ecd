# Ends every process but the first one, what lives below those of its children that were $known, and this shell.
# Prints the names of what it ended. Exit code 3: something is always there.
still=' '
for one in $known; do
  if [ "$(started "${one%:*}")" = "${one#*:}" ]; then still="$still${one%:*} "; fi
done

# A process that ends while it is looked at may have left another one that was not seen: that is "gone".
strays() {
  grep -H -E '^(Name|State|PPid):' /proc/[0-9]*/status 2>&1 | awk -v me="$$" -v still="$still" '
    /^grep: / { gone = 1; next }
    { split($1, path, "/"); number = path[3] }
    $1 ~ /:Name:$/ { name[number] = $2 }
    $1 ~ /:State:$/ { dead[number] = $2 ~ /^[XZ]/ }
    $1 ~ /:PPid:$/ { parent[number] = $2 }
    function stray(number) {
      while (number in parent) {
        if (number == me || number == 1) return 0
        if (parent[number] == 0) return 1
        if (parent[number] == 1) return index(still, " " number " ") == 0
        number = parent[number]
      }
      return 0
    }
    END {
      for (number in parent) if (!dead[number] && stray(number)) print number, name[number]
      if (gone) print "gone"
    }'
}

tries=0
while [ "$tries" -lt 40 ]; do
  tries=$((tries + 1))
  found=$(strays)
  [ -n "$found" ] || exit 0
  numbers=$(echo "$found" | sed -n 's/^\([0-9][0-9]*\) .*/\1/p')
  # Stopped first, so that none of them starts another while the rest is ended.
  kill -STOP $numbers 2>/dev/null || :
  kill -KILL $numbers 2>/dev/null || :
  echo "$found" | sed -n 's/^[0-9][0-9]* //p'
  sleep 0.05
done
exit 3
