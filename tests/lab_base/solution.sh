#!/bin/sh
gitlab-ctl start puma
