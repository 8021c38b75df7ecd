#!/bin/sh
gitlab-ctl restart nginx
