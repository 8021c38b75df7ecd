#!/bin/bash
chown git:git /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys
chmod u+rwx /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys
