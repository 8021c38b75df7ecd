#!/bin/sh
state=$(gitlab-ctl status sidekiq) || fail "sidekiq does not run: $state"
