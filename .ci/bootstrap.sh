#!/bin/sh
# Makes .venv with everything locked. $1 is the Python to use. A bare Debian may lack parts of it.
set -eu
python=${1:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  echo "Ombud needs Python 3.11 or newer as '$python'. Install it, or say: make PYTHON=/path/to/python3" >&2
  exit 1
}
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  rm -rf .venv
  if ! "$python" -m venv .venv >/dev/null 2>&1; then
    rm -rf .venv
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip .venv; then
      "$python" -m pip --python .venv/bin/python install -q pip
    elif command -v uv >/dev/null 2>&1; then
      uv venv -q --seed --python "$python" .venv
    elif command -v virtualenv >/dev/null 2>&1; then
      virtualenv -q -p "$python" .venv
    else
      rm -rf .venv
      echo "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
      exit 1
    fi
  fi
fi
echo "Installing what Ombud needs into .venv (once) ..."
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
