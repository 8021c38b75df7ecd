#!/bin/bash
chmod 700 /var/opt/gitlab/.ssh
chmod 600 /var/opt/gitlab/.ssh/authorized_keys
