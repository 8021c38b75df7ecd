#!/bin/sh
echo {{nonce}}
