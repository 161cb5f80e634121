#!/bin/sh
# Prints the Python to make the virtual environment with: the first of python3.14 to python3.11 on PATH that
# can make one, else the first Python 3 that runs at all, for the preflight to say what is wrong with it.
# Each is started, for a version manager's stand-in may be on PATH and fail.
makes='import ctypes, ensurepip, ssl, sys, venv, zlib; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
runs='import sys; sys.exit(sys.version_info < (3, 6))'
for test in "$makes" "$runs"; do
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c "$test" >/dev/null 2>&1; then
            command -v "$name"
            exit 0
        fi
    done
done
echo 'preflight: no Python 3 runs from PATH' >&2
echo '  cure: install CPython 3.11 to 3.14, or name one: make film PYTHON=/path/to/python3.12' >&2
echo false
