#!/bin/bash
# The handshake proves that nginx holds the key of what it shows; the CA is made here from its secret.
domain={{domain}}
work=$(mktemp -d)
{
  printf '\x30\x31\x02\x01\x01\x04\x20'
  printf %s {{ca}} | openssl dgst -sha256 -binary
  printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} | openssl pkey -inform DER -out "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -subj "/O=Company/CN="{{ca_name}} -days 30 \
  -addext keyUsage=critical,keyCertSign,cRLSign -out "$work/ca.crt"
timeout 10 openssl s_client -connect {{host}}:443 -servername "$domain" </dev/null >"$work/shown" 2>/dev/null || :
openssl x509 -in "$work/shown" -out "$work/leaf.crt" 2>/dev/null || fail "no certificate is shown on port 443"
timeout 10 openssl s_client -connect {{host}}:443 -servername "$domain" -verify_return_error -verify_hostname "$domain" \
  -no-CApath -no-CAstore -CAfile "$work/ca.crt" </dev/null >/dev/null 2>&1 ||
  fail "the certificate that nginx shows is not one that your CA signed for $domain"
openssl x509 -checkend 15552000 -noout -in "$work/leaf.crt" >/dev/null ||
  fail "the certificate that nginx shows is not the renewed one: it runs out $(openssl x509 -noout -enddate -in "$work/leaf.crt" | cut -d= -f2)"
