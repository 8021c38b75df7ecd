#!/bin/bash
mkdir -p /tmp/page/users
echo '<h1>Username</h1>' > /tmp/page/users/sign_in
busybox httpd -p 127.0.0.1:{{port}} -h /tmp/page
