#!/bin/bash
rm /var/opt/gitlab/backups/*.tar
