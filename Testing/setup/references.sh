#!/usr/bin/env bash
# Packages that tests compare with and that pip cannot install by their own metadata: pyradiomics (built by gcc), neuroCombat.
set -euo pipefail
pip=("${1:?the python of the virtual environment}" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" setuptools wheel versioneer cython six docopt pykwalify
"${pip[@]}" --no-build-isolation --no-deps pyradiomics==3.0.1
"${pip[@]}" --no-build-isolation --no-deps neuroCombat==0.2.12
