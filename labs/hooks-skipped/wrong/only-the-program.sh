#!/bin/bash
chmod 755 /opt/gitlab/embedded/bin/gitaly-hooks
