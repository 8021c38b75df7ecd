#!/bin/bash
# The file is taken again; the program still is not, and the group can let in whom it likes.
sed -i 's/^StrictModes yes/StrictModes no/' /assets/sshd_config
gitlab-ctl restart sshd >/dev/null
