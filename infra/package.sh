#!/usr/bin/env bash
# Builds every function into target/lambda/<function>/bootstrap, where the template's CodeUri points.
#   infra/package.sh x86_64      for deployment, with cargo-lambda (pip install -r infra/requirements.txt)
#   infra/package.sh arm64       the same for Graviton: about a fifth cheaper; set the template's Architecture to match
#   infra/package.sh debug       for the deployed-stack test on this machine: quick to build, linked against this system
set -euo pipefail
cd "$(dirname "$0")/.."
functions=$(cd functions && ls)
target="${CARGO_TARGET_DIR:-target}"

case "${1:-}" in
  x86_64 | arm64)
    command -v cargo-lambda >/dev/null || { echo "package: install cargo-lambda first: pip install -r infra/requirements.txt" >&2; exit 1; }
    arch=$([ "$1" = arm64 ] && echo --arm64 || echo --x86-64)
    # One command for all functions: one command for each would compile the dependencies again and again.
    packages=$(for function in $functions; do printf -- '-p %s ' "$function"; done)
    # shellcheck disable=SC2086
    cargo lambda build --profile lambda "$arch" $packages --lambda-dir target/lambda
    ;;
  debug)
    cargo build --quiet --workspace
    for function in $functions; do
      mkdir -p "target/lambda/$function"
      strip -o "target/lambda/$function/bootstrap" "$target/debug/$function"
    done
    ;;
  *)
    echo "package: name the target: x86_64, arm64 or debug" >&2
    exit 1
    ;;
esac

printf '%-16s %10s %10s\n' function 'bytes' 'gzipped'
for function in $functions; do
  bootstrap="target/lambda/$function/bootstrap"
  printf '%-16s %10d %10d\n' "$function" "$(wc -c < "$bootstrap")" "$(gzip -6 -c "$bootstrap" | wc -c)"
done
