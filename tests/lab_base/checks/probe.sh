#!/bin/sh
curl -fsS "http://"{{host}}/ >/dev/null
