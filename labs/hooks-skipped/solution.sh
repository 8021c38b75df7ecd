#!/bin/bash
chmod 755 /opt/gitlab/embedded/bin/gitaly-hooks /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/*
