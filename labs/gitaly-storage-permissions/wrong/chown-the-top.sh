#!/bin/bash
chown git:git /var/opt/gitlab/git-data /var/opt/gitlab/git-data/repositories
for folder in /var/opt/gitlab/git-data/repositories/@hashed/*/*/*.git; do chown git:git "$folder"; done
