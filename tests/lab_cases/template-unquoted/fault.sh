#!/bin/sh
echo {{{url}}}
