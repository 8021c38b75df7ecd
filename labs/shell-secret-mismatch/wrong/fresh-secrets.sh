#!/bin/bash
# All secrets fit together again, and nothing that was encrypted with the old ones can be read.
rm /etc/gitlab/gitlab-secrets.json
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart >/dev/null
