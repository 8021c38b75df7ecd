#!/bin/bash
gitlab-ctl restart gitaly >/dev/null
