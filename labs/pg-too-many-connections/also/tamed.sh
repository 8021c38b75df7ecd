#!/bin/bash
# The figures stay, with two sessions and no more; the limit goes back to where it was before.
sed -i 's/^tiles=.*/tiles=2/; s/^ahead=30/ahead=2/' /opt/reporting/{{job}}
sed -i "s/^postgresql\['max_connections'\].*/postgresql['max_connections'] = 150/" /etc/gitlab/gitlab.rb
pkill -f '^/bin/bash /opt/reporting/'
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart postgresql >/dev/null
/opt/reporting/start
