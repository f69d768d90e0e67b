#!/bin/sh
# Signs TextCraft.app, has it notarised and staples the ticket to it. NOT RUN YET: no such machine and no such certificate was there.
#
#   TEXTCRAFT_SIGN_IDENTITY="Developer ID Application: …" TEXTCRAFT_NOTARY_PROFILE=… sh build/macos/sign.sh
#
# Both come from the environment alone: the name of a certificate in the keychain, and the name under which
# `xcrun notarytool store-credentials` keeps the account there. No password passes through this file.
set -eu
: "${TEXTCRAFT_SIGN_IDENTITY:?the name of a Developer ID certificate in the keychain}"
: "${TEXTCRAFT_NOTARY_PROFILE:?the name of a notarytool profile in the keychain}"
here=$(cd "$(dirname "$0")" && pwd)
app="${1:-$here/../../dist/TextCraft.app}"
sent=$(mktemp -d)
trap 'rm -rf "$sent"' EXIT

codesign --force --deep --options runtime --timestamp \
	--entitlements "$here/entitlements.plist" --sign "$TEXTCRAFT_SIGN_IDENTITY" "$app"
codesign --verify --deep --strict --verbose=2 "$app"
ditto -c -k --keepParent "$app" "$sent/TextCraft.zip"
xcrun notarytool submit "$sent/TextCraft.zip" --keychain-profile "$TEXTCRAFT_NOTARY_PROFILE" --wait
xcrun stapler staple "$app"
spctl --assess --type execute --verbose=2 "$app"
