#!/bin/sh
# Flask, gunicorn and Celery from PyPI into an environment of their own, var/peers/celery.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p var/peers
[ -x var/peers/celery/bin/python ] || "${PYTHON:-.venv/bin/python}" -m venv var/peers/celery
var/peers/celery/bin/python -m pip --disable-pip-version-check --quiet install \
  "celery[redis]>=5.5,<6" "flask>=3.1,<4" "gunicorn>=23,<28" "requests>=2.32,<3"
