#!/bin/sh
gitlab-ctl stop puma
