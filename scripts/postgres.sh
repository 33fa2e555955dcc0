# Sourced by test.sh: one throw-away PostgreSQL server for the whole run, on a free port of loopback, told to the tests by
# XR_TEST_POSTGRES. The server never syncs its disk: what it holds is worth nothing after the run.

# Newest server programs of this machine, Debian's folders first; empty if there are none.
postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1)
  if [ -n "$newest" ] && [ -x "$newest/initdb" ] && [ -x "$newest/postgres" ]; then echo "$newest"
  elif command -v initdb >/dev/null && command -v postgres >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"
  fi
}

# The words before a command of the server, which refuses to run as root. Words and not a function: a function in the
# background would be a shell of its own between us and the server, and signals would end there.
as_postgres=()
if [ "$(id -u)" -eq 0 ]; then
  postgres_user=nobody
  if id postgres >/dev/null 2>&1; then postgres_user=postgres; fi
  as_postgres=(setpriv --reuid "$postgres_user" --regid "$(id -g "$postgres_user")" --clear-groups)
fi

# Starts the server; sets POSTGRES_PID, POSTGRES_DIR and exports XR_TEST_POSTGRES. Without server programs it does nothing.
postgres_start() {
  local bin port
  bin=$(postgres_bin)
  if [ -z "$bin" ]; then echo "postgres: no server programs found"; return 0; fi
  POSTGRES_DIR=$(mktemp -d "$(postgres_place)/xiaoer-pg.XXXXXX")
  chmod 755 "$POSTGRES_DIR"
  mkdir "$POSTGRES_DIR/run"
  if [ "$(id -u)" -eq 0 ]; then chown -R "$postgres_user" "$POSTGRES_DIR"; fi
  (cd "$POSTGRES_DIR" && "${as_postgres[@]}" "$bin/initdb" -D "$POSTGRES_DIR/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
    >"$POSTGRES_DIR/initdb.log" 2>&1) || { cat "$POSTGRES_DIR/initdb.log"; return 1; }
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    if postgres_try "$bin" "$port"; then
      export XR_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
      echo "postgres: $("$bin/postgres" --version) at 127.0.0.1:$port"
      return 0
    fi
  done
  cat "$POSTGRES_DIR/server.log"
  return 1
}

# In memory where there is room: each test has a database of its own, of a thousand files, and a disk's file system takes longer to make
# and to forget these than the test takes.
postgres_place() {
  local free
  free=$(df --output=avail -B1M /dev/shm 2>/dev/null | tail -n 1 || true)
  if [ "${free:-0}" -ge 4096 ] && [ -w /dev/shm ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

# One try on one port: up within 30 s, or ended.
postgres_try() {
  local bin=$1 port=$2
  "${as_postgres[@]}" "$bin/postgres" -D "$POSTGRES_DIR/data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories="$POSTGRES_DIR/run" -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=400 -c shared_buffers=128MB -c max_wal_size=512MB </dev/null >>"$POSTGRES_DIR/server.log" 2>&1 &
  POSTGRES_PID=$!
  for _ in $(seq 150); do
    kill -0 "$POSTGRES_PID" 2>/dev/null || break
    if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" && kill -0 "$POSTGRES_PID" 2>/dev/null; then return 0; fi
    sleep 0.2
  done
  kill -INT "$POSTGRES_PID" 2>/dev/null || true
  wait "$POSTGRES_PID" 2>/dev/null || true
  POSTGRES_PID=
  return 1
}

# Ends the server (clients are cut off) and removes its folder.
postgres_stop() {
  if [ -n "${POSTGRES_PID:-}" ]; then
    kill -INT "$POSTGRES_PID" 2>/dev/null || true
    wait "$POSTGRES_PID" 2>/dev/null || true
    POSTGRES_PID=
  fi
  if [ -n "${POSTGRES_DIR:-}" ]; then rm -rf "$POSTGRES_DIR"; POSTGRES_DIR=; fi
}
