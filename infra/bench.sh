#!/usr/bin/env bash
# Latency and throughput of the release build once it is warm, on loopback. Needs curl and oha (`cargo install oha`).
#   infra/bench.sh [requests, default 2000] [connections, default 8]
set -euo pipefail
export TZ=UTC
cd "$(dirname "$0")/.."
requests="${1:-2000}" connections="${2:-8}"
command -v oha >/dev/null || { echo "bench: install oha first: cargo install oha" >&2; exit 1; }

cargo build --quiet --release -p local
binary="${CARGO_TARGET_DIR:-target}/release/meditrack"
folder=$(mktemp -d) port=3999 api=http://127.0.0.1:3999 json='content-type: application/json'
RUST_LOG=error "$binary" --demo --data "$folder" --port $port > "$folder/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT
for _ in $(seq 100); do curl -sf $api/health >/dev/null && break; sleep 0.1; done

field() { sed -E "s/.*\"$1\":\"([^\"]+)\".*/\1/"; }
sign_in() { curl -s $api/auth/token -H "$json" -d "{\"email\":\"$1\",\"password\":\"meditrack-demo\"}" | field access_token; }
admin=$(sign_in florence@seacole.example.org)

# A doctor who works at all hours, and 50 patients for whom the front desk books.
week=$(for day in monday tuesday wednesday thursday friday saturday sunday; do printf '{"weekday":"%s","from":"00:00","to":"24:00"},' $day; done)
doctor=$(curl -s $api/doctors -H "authorization: Bearer $admin" -H "$json" -d "{\"name\":\"Dr. Bench\",\"email\":\"bench@example.org\",
  \"specialization\":\"benchmarks\",\"consultation_fee\":{\"amount\":\"1\",\"currency\":\"GBP\"},\"slot_minutes\":5,\"weekly_hours\":[${week%,}]}" | sed -E 's/.*"id":"(doc_[^"]+)".*/\1/')
patients=()
for number in $(seq 50); do
  # Registrations are throttled by source address, so they come from several.
  curl -s --interface 127.0.0.$((number / 25 + 2)) -o "$folder/registered" $api/users -H "$json" -d "{\"name\":\"Patient $number x\",\"email\":\"p$number@example.org\",\"password\":\"meditrack-demo\",\"date_of_birth\":\"1990-01-01\",
    \"gender\":\"unknown\",\"phone\":\"+442079460018\",\"address\":\"x\",\"emergency_contact\":{\"name\":\"B\",\"phone\":\"+442079460019\"}}"
  patients+=("$(curl -s $api/users/me -H "authorization: Bearer $(sign_in "p$number@example.org")" | field patient_id)")
done
start=$(( ($(date +%s) / 86400 + 2) * 86400 ))
# oha picks lines at random. With twenty times as many lines as requests, most requests are distinct.
count=$((requests * 20 < 45000 ? requests * 20 : 45000))
for number in $(seq 0 $((count - 1))); do
  printf '{"doctor_id":"%s","patient_id":"%s","starts_at":"%s","reason":"benchmark"}\n' \
    "$doctor" "${patients[$((number % 50))]}" "$(printf '%(%Y-%m-%dT%H:%M:%SZ)T' $((start + number * 300)))"
done > "$folder/bookings"
helen=$(curl -s "$api/doctors?specialization=cardiology" -H "authorization: Bearer $admin" | sed -E 's/.*"id":"(doc_[^"]+)".*/\1/')

report() { grep -E 'Success rate|Average|Requests/sec|50\.00% in|99\.00% in|\[[0-9]+\] [0-9]+ responses' ; }
echo "GET /doctors/{id}/slots, a week ($requests requests, $connections connections)"
oha --no-tui -n "$requests" -c "$connections" -H "authorization: Bearer $admin" "$api/doctors/$helen/slots" | report
rosa=$(sign_in rosa@seacole.example.org)
echo "GET /patients/{id} by the front desk, each one noted in the audit log ($requests requests, $connections connections)"
oha --no-tui -n "$requests" -c "$connections" -H "authorization: Bearer $rosa" "$api/patients/${patients[0]}" | report
echo "POST /appointments, slots mostly distinct ($requests requests, $connections connections)"
oha --no-tui -n "$requests" -c "$connections" -m POST -H "authorization: Bearer $admin" -H "$json" -Z "$folder/bookings" "$api/appointments" | report
