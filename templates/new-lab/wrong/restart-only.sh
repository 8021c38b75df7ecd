#!/bin/sh
# Tempting because it often helps; nginx comes back on the wrong port.
set -eu
gitlab-ctl restart
