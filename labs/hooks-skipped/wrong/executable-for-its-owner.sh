#!/bin/bash
chmod u+x /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/50-no-keys
