#!/bin/sh
# Node-RED from the npm registry into var/peers/node-red (about 90 MB). Nothing outside of it is touched.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p var/peers/node-red
cd var/peers/node-red
[ -f package.json ] || printf '{"private": true}\n' > package.json
npm install --no-audit --no-fund --no-update-notifier --ignore-scripts "node-red@${NODE_RED_VERSION:-4}"
