#!/bin/sh
echo "at {{url}}" '{{host}}' "$(echo {{url}})"
# "{{url}}" in a comment
