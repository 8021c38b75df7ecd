external_url '{{external_url}}'
nginx['listen_port'] = 80
nginx['listen_https'] = false
