#!/bin/bash
key=$(find /var/opt/gitlab/nginx/conf -type f -name '*.conf' -size -256k -print0 | while read -r -d '' file; do contents "$file"; done |
  sed -n 's/^[[:space:]]*ssl_certificate_key[[:space:]]*\([^;]*\);.*/\1/p' | tail -n 1)
[[ -z $key || $key == /etc/gitlab/* ]] || fail "$key lies outside of /etc/gitlab, which is all that is kept and backed up"
while read -r -d '' file; do
  contents "$file" 131072 | grep -e '-----BEGIN .*PRIVATE KEY-----' >/dev/null || continue
  fail "others than root can read or exchange the private key $file"
done < <(find /etc/gitlab -type f -size -128k \( -perm /007 -o -perm /070 ! -gid 0 -o ! -uid 0 \) -print0 | head -z -n 200)
open=$(find /etc/gitlab -type d \( -perm /002 -o -perm /020 ! -gid 0 -o ! -uid 0 \) -print -quit)
[ -z "$open" ] || fail "others than root can exchange the files in $open"
