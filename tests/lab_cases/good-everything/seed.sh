#!/bin/bash
set -eu
project={{project}}
