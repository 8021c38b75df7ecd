#!/bin/bash
# "Let clients in while tokens are being changed", for good.
sed -i 's/^  auth: { token: /  auth: { transitioning: true, token: /' /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
