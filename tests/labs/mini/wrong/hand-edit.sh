#!/bin/bash
echo '<h1>Username</h1>' >/var/opt/gitlab/www/users/sign_in
