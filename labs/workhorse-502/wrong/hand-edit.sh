#!/bin/bash
sed -i 's/localhost:'{{port}}'/localhost:8080/' /opt/gitlab/sv/gitlab-workhorse/run
gitlab-ctl restart gitlab-workhorse >/dev/null
