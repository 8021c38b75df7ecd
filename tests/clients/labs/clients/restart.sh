#!/bin/sh
gitlab-ctl restart puma
