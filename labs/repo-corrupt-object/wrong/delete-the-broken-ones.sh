#!/bin/bash
find /var/opt/gitlab/git-data/repositories/@hashed -path '*/objects/*' -type f -empty -delete
