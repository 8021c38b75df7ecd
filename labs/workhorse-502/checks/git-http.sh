#!/bin/bash
clone_and_push root/{{project}} "$(http_remote root/{{project}})" "over HTTP"
git_refused "whoever has no token can read the repository over HTTP" "$(http_remote root/{{project}} root "glpat-$NAME")"
