gitlab-ctl stop puma
