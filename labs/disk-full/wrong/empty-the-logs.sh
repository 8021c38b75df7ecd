#!/bin/bash
find /var/log/gitlab -type f \( -name '*.log' -o -name current \) -exec truncate -s 0 {} +
rm -rf /tmp/* /var/cache/*
