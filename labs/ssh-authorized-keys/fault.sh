#!/bin/bash
# Three people are to look after Git without being root.
groupadd {{group}}
for part in /var/opt/gitlab/.ssh /opt/gitlab/embedded/service/gitlab-shell; do
  chgrp -R {{group}} "$part"
  chmod -R g+rwX "$part"
done
