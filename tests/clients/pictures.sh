#!/bin/bash
# Names of the pictures that pages.py left.
cd ~/screenshots && ls
