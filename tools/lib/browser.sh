# shellcheck shell=bash
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
