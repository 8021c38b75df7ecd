# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# The application's own tests, run in a box where everything is up.

box_start app
succeeds "a box for the application's tests becomes ready" box_ready
if inside test -x /opt/gitlab/embedded/service/gitlab-rails/bin/test; then
  succeeds "the application's tests pass" inside /opt/gitlab/embedded/service/gitlab-rails/bin/test
else
  ok "the application has no bin/test yet # skipped"
fi
