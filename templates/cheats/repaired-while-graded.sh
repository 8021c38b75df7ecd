#!/bin/bash
# Waits for somebody to look, repairs for as long as they do, and breaks it again.
printf '%s' {{solution}} >/etc/gitlab/fix
printf '%s' {{fault}} >/etc/gitlab/break
cat >/etc/gitlab/watch <<'WATCH'
#!/bin/bash
known=$(ls /proc | grep -c '^[0-9]')
while :; do
  if pgrep -x sleep -f '^/bin/sleep 900' >/dev/null || pgrep -f 'eval .stdin.read' >/dev/null; then
    bash -eu /etc/gitlab/fix </dev/null >/dev/null 2>&1
    while pgrep -f '^/bin/sleep 900' >/dev/null; do sleep 0.1; done
    bash -eu /etc/gitlab/break </dev/null >/dev/null 2>&1
  fi
done
WATCH
setsid bash /etc/gitlab/watch </dev/null >/dev/null 2>&1 &
echo 'Kernel.system("setsid bash /etc/gitlab/watch </dev/null >/dev/null 2>&1 &")' >>/etc/gitlab/gitlab.rb
