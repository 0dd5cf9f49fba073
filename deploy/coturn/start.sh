#!/bin/sh
# Start coturn as soon as its certificate is there, and have it read a renewed one every day.
# TURN_CONFIG and TURN_CERTIFICATE name the two files; arguments go to turnserver as they are.
set -eu

until [ -s "$TURN_CERTIFICATE" ]; do
  echo "waiting for the certificate: $TURN_CERTIFICATE"
  sleep "${TURN_LOOK_S:-5}"
done

# SIGUSR2: read the certificate again, keep all allocations. This shell becomes the server below.
server=$$
(while sleep "${TURN_RENEW_S:-86400}"; do kill -s USR2 "$server" || exit; done) &

exec turnserver -c "$TURN_CONFIG" --pidfile=/tmp/turnserver.pid --userdb=/tmp/turndb "$@"
