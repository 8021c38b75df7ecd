#!/bin/sh -e
false
