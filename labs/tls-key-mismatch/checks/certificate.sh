#!/bin/bash
# The handshake proves that nginx holds the key of what it shows; the CA is made here from its secret.
domain={{domain}}
{
  printf '\x30\x31\x02\x01\x01\x04\x20'
  printf %s {{ca}} | openssl dgst -sha256 -binary
  printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} | openssl pkey -inform DER -out "$WORK/ca.key"
openssl req -x509 -new -key "$WORK/ca.key" -subj "/O=Company/CN="{{ca_name}} -days 30 \
  -addext keyUsage=critical,keyCertSign,cRLSign -out "$WORK/ca.crt"
shake() { timeout 10 openssl s_client -connect {{host}}:443 -servername "$domain" "$@" </dev/null 2>/dev/null | head -c 1048576; }
shake >"$WORK/shown" || :
openssl x509 -in "$WORK/shown" -out "$WORK/leaf.crt" 2>/dev/null || fail "no certificate is shown on port 443"
shake -verify_return_error -verify_hostname "$domain" -no-CApath -no-CAstore -CAfile "$WORK/ca.crt" >"$WORK/shown" ||
  fail "the certificate that nginx shows is not one that your CA signed for $domain"
openssl x509 -checkend 15552000 -noout -in "$WORK/shown" >/dev/null 2>&1 ||
  fail "the certificate that nginx shows is not the renewed one: it runs out $(openssl x509 -noout -enddate -in "$WORK/leaf.crt" | cut -d= -f2)"
# So a browser of the customer's opens the page, and one that does not know the CA refuses to.
curl --silent --fail --max-time 10 --user-agent "$BROWSER" --cacert "$WORK/ca.crt" --connect-to "$domain:443:"{{host}}:443 \
  --output /dev/null "https://$domain/users/sign_in" || fail "the sign-in page does not come up for who trusts your CA"
