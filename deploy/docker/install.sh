#!/bin/sh
# Installs into /opt/film during a build: install.sh others NAME (from elsewhere, NAME.txt), install.sh own NAME.
set -eu
# The base's own Python has pip; the environment that the services run in has none.
PATH=${PATH#/opt/film/bin:}
into="python3 -m pip --python /opt/film/bin/python install --root-user-action ignore --disable-pip-version-check"
case "$1" in
others) exec $into --only-binary=:all: -c /requirements/constraints.txt -r "/requirements/$2.txt" ;;
own) exec $into --no-index --no-deps --find-links /wheels -r "/requirements/$2.own.txt" ;;
esac
echo "install.sh: others or own, not $1" >&2
exit 2
