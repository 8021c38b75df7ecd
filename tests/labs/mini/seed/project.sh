#!/bin/bash
echo {{word}} >/var/opt/gitlab/www/project
