#!/bin/sh
echo {{#if url}} {{a,b}
echo \\{{url}} {{url
