#!/bin/sh
# Everything `make test` checks, in the order that fails fastest. Prints how long each part took.
# The other supported Pythons are made ready meanwhile, by the core that lint and types leave idle.
set -eu
bin=.venv/bin
mkdir -p build
part() {
  printf '\n== %s\n' "$1"
  shift
  begin=$(date +%s)
  "$@"
  printf '   (%s s)\n' "$(($(date +%s) - begin))"
}
browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" && return 0
  done
  if [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "no browser here: installing Chromium"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 && return 0
  fi
  echo "NO BROWSER: the browser tests will be skipped. On Debian: sudo apt-get install chromium"
}
$bin/python .ci/pythons.py prepare >build/pythons.log 2>&1 &
preparing=$!
trap 'kill "$preparing" 2>/dev/null || true' EXIT
part "browser" browser
part "format" $bin/ruff format --check -q .
part "lint" $bin/ruff check -q .
part "types" $bin/mypy
part "shipped procedure" $bin/ombud check
result=build/tests-python$($bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])').xml
part "tests" $bin/python -m pytest -q -n 2 --dist loadscope -rs -m "not soak" --junitxml="$result"
wait "$preparing" || true
part "other Pythons" $bin/python .ci/pythons.py test
