#!/bin/sh
# n8n from the npm registry into var/peers/n8n (about 2 GB, minutes). Nothing outside of it is touched.
# Install scripts are off: they fetch and compile much that this bench has no use for. The SQLite driver, which n8n
# cannot do without, is built by itself afterwards (a C++ compiler must be there). xlsx, which n8n takes from a server
# outside of the registry, is replaced by the registry's: only its spreadsheet node uses it.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p var/peers/n8n
cd var/peers/n8n
cat > package.json <<END
{"private": true, "dependencies": {"n8n": "${N8N_VERSION:-^1.123.0}"}, "overrides": {"xlsx": "0.18.5"}}
END
npm install --no-audit --no-fund --no-update-notifier --ignore-scripts --omit=optional
npm rebuild --no-update-notifier sqlite3 || echo "The SQLite driver could not be built." >&2
