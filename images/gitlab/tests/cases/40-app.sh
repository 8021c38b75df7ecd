# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # scripts for the box are quoted; lib.sh and run set the variables
# The application's own tests, run in a box where everything is up.

box_start app
succeeds "a box for the application's tests becomes ready" box_ready
is "no gem's version is left open, which every require would pay for" "{}" "$(inside gitlab-rails runner 'p Gem::Specification.unresolved_deps')"
succeeds "the application's tests pass" inside /opt/gitlab/embedded/service/gitlab-rails/bin/test
