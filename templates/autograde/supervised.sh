# Direct children of the container's first process: what lives below them is supervised.
for status in $(grep -l '^PPid:[[:space:]]*1$' /proc/[0-9]*/status 2>/dev/null); do
  number=${status#/proc/}
  number=${number%/status}
  echo "$number:$(started "$number")"
done
