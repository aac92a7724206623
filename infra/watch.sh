#!/usr/bin/env bash
# Runs every function as a process of its own behind `cargo lambda watch`, on http://127.0.0.1:9000. Start the services first:
#   cargo run -- services --demo        in one terminal
#   infra/watch.sh                      in another (needs cargo-lambda: pip install -r infra/requirements.txt)
#   infra/watch.sh --data DIR           if the services keep their data elsewhere
set -euo pipefail
cd "$(dirname "$0")/.."
data=data
[ "${1:-}" = --data ] && data="${2:?name the data folder after --data}"
[ -r "$data/services.env" ] || { echo "watch: start the services first: cargo run -- services" >&2; exit 1; }
command -v cargo-lambda >/dev/null || { echo "watch: install cargo-lambda first: pip install -r infra/requirements.txt" >&2; exit 1; }
(exec 3<>/dev/tcp/127.0.0.1/9000) 2>/dev/null && { echo "watch: port 9000 is in use" >&2; exit 1; }

cargo build --quiet --workspace
set -a
# shellcheck disable=SC1091
. "$data/services.env"
set +a
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
# In this workspace `cargo run` starts the whole hospital, so cargo-lambda cannot start functions with it. This script starts them.
cargo lambda watch --only-lambda-apis &
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/9000) 2>/dev/null && break; sleep 0.1; done
for function in $(cd functions && ls); do
  AWS_LAMBDA_RUNTIME_API="http://127.0.0.1:9000/.rt/$function" AWS_LAMBDA_FUNCTION_NAME="$function" AWS_LAMBDA_FUNCTION_VERSION=1 \
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1024 "${CARGO_TARGET_DIR:-target}/debug/$function" &
done
echo "watch: every function is running; the API is http://127.0.0.1:9000"
wait
