#!/bin/bash
storage=/var/opt/gitlab/git-data/repositories
find $storage/@hashed ! -user git -exec chown git:git {} +
