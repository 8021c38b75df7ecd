#!/bin/bash
# Runs in the probe container, on the container's network. A page that only says the right words is soon made: so somebody who
# did not exist a moment ago signs in, and sees what was written by another way. The functions are in docs/labs.md.
people_sign_in root/demo
