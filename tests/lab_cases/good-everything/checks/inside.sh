#!/bin/sh
test -S /var/opt/gitlab/puma.sock # \{{ {{nonce}}
