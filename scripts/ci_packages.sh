#!/usr/bin/env bash
# The system packages that tests need beside Python: Chromium, for the page in a real browser.
set -euo pipefail

if command -v chromium >/dev/null; then
    exit 0
fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "ci_packages: there is no chromium, and it is not ours to install: apt-get install chromium" >&2
    exit 1
fi
echo "ci_packages: installing chromium"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium >/dev/null
