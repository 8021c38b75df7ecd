#!/bin/bash
found=$(curl --silent --fail "$BASE/project") || fail "the project is gone"
[ "$found" = {{word}} ] || fail "the project is another one"
