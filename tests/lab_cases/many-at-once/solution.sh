gitlab-ctl {{prot}}
