#!/bin/bash
gitlab-rake gitlab:shell:setup force=yes >/dev/null
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart sshd >/dev/null
