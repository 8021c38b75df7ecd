#!/bin/bash
gitlab-ctl restart >/dev/null
