#!/bin/bash
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart >/dev/null
