#!/bin/sh
# Finds the Chromium that the browser tests drive and prints its path; as root on Debian it installs one first.
# Looks where tests/chromium.py looks: $CHROMIUM, then PATH, then what `playwright install` has downloaded.
set -eu

find_chromium() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" && return
        echo "CHROMIUM names $CHROMIUM, which cannot be run." >&2
        exit 1
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    for path in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
        if [ -x "$path" ]; then
            echo "$path"
            return
        fi
    done
    return 1
}

if find_chromium; then
    exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "No Chromium found; installing it with apt-get." >&2
    apt-get update -q >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >&2 || true
    if find_chromium; then
        exit 0
    fi
fi

cat >&2 <<'TEXT'
The browser tests need Chromium, and none was found. Run one of these, then try again:
  sudo apt-get install -y chromium                         (Debian)
  sudo .venv/bin/playwright install --with-deps chromium   (Ubuntu and others)
  export CHROMIUM=/path/to/chromium                        (one that is installed elsewhere)
TEXT
exit 1
