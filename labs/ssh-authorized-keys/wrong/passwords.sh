#!/bin/bash
sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /assets/sshd_config
gitlab-ctl restart sshd >/dev/null
