#!/usr/bin/env bash
# Prices the calls of Tests/Fixtures/prices with the packages litellm and genai-prices, and leaves what they say as a fixture.
#
# The versions are those with which it was done; the packages come from PyPI into a place of their own under .build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=.build/prices-venv
if ! "$venv/bin/python" -c 'import litellm, genai_prices' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check litellm==1.106.2 genai-prices==0.2.3
fi
"$venv/bin/python" scripts/prices.py
