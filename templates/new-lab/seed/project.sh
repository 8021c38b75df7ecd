#!/bin/bash
# The healthy environment: a project with an issue, so that there is something to lose.
set -e
api() { curl --silent --show-error --fail --output /dev/null --header "PRIVATE-TOKEN: "{{root_token}} "http://localhost/api/v4$1" "${@:2}"; }
api /projects --data name=demo --data path=demo
api /projects/root%2Fdemo/issues --data title=Release
