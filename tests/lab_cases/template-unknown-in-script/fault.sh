#!/bin/sh
	echo {{prot}}
echo é {{ urll }}
