#!/bin/bash
rm /var/opt/gitlab/gitaly/custom_hooks/pre-receive.d/10-commit-policy
