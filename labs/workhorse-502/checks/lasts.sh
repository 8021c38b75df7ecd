#!/bin/bash
people_sign_in root/{{project}}
clone_and_push root/{{project}} "$(http_remote root/{{project}})" "over HTTP"
