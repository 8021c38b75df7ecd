#!/bin/bash
cp a.{{rb,old},txt} /tmp
