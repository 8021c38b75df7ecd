#!/bin/bash
gitlab-ctl restart sidekiq >/dev/null
