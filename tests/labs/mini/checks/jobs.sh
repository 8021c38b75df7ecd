#!/bin/sh
[ -e /var/opt/gitlab/sidekiq.wanted ] || fail "sidekiq does not run"
