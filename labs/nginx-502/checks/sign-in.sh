#!/bin/bash
people_sign_in root/{{project}}
