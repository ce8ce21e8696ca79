#!/bin/sh
# Runs autoconf from a package of Debian's that has been unpacked and not installed, for a release whose configure was made
# with another version than the one on this machine:
#
#   dpkg -x autoconf_VERSION_all.deb FOLDER
#   AUTOCONF_ROOT=FOLDER Tools/rust/build/unpacked_autoconf.sh -o configure configure.ac
set -eu

root=$(cd "$AUTOCONF_ROOT" && pwd)/usr
share=$root/share/autoconf
config=$(mktemp)
trap 'rm -f "$config"' EXIT
# The package's own folders are written into its programs and its configuration.
sed "s,/usr/share/autoconf,$share,g" "$share/autom4te.cfg" >"$config"
AUTOM4TE=$root/bin/autom4te AUTOM4TE_CFG=$config AC_MACRODIR=$share autom4te_perllibdir=$share \
    trailer_m4=$share/autoconf/trailer.m4 "$root/bin/autoconf" "$@"
