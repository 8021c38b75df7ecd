#!/bin/bash
chmod -R 777 /var/opt/gitlab/git-data
