#!/bin/sh
! grep -q "^external_url 'http://gitlab'" /etc/gitlab/gitlab.rb
