# Evaluated by every reconfigure before /etc/gitlab/gitlab.rb: first what a
# container of this image needs, then GITLAB_OMNIBUS_CONFIG. What gitlab.rb says wins over both.

external_url "http://#{`hostname`.strip}"

package['detect_init'] = false
package['modify_kernel_parameters'] = false
manage_accounts['enable'] = false

# A class of these boxes shares one small machine.
puma['worker_processes'] = 0
sidekiq['concurrency'] = 5
nginx['worker_processes'] = 1
nginx['worker_connections'] = 1024
postgresql['shared_buffers'] = '32MB'
postgresql['max_connections'] = 100
postgresql['max_worker_processes'] = 2
postgresql['autovacuum_max_workers'] = '1'
