# frozen_string_literal: true

# The whole of `gitlab-ctl reconfigure`; the work is in lib/.
require_relative "../lib/reconfigure"

File.umask(0o022)
# One at a time: two would write over each other's files.
lock = File.open("/run/gitlab-reconfigure.lock", "w")
lock.flock(File::LOCK_EX)

exit Omnibus::Reconfigure.new(Omnibus::Reporter.new(quiet: !ENV["QUIET"].to_s.empty?)).run
