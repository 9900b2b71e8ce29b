#!/bin/sh
# Starts Prometheus in a container beside ./start, whose ports are known only then: writes where to scrape, then becomes Prometheus.
#   GATEWAYS, MODELSERVERS    host:port, separated by commas
set -eu
folder=${PROMETHEUS_FOLDER:-/etc/prometheus}
mkdir -p "$folder/targets"
printf -- '- targets: [%s]\n' "$GATEWAYS" > "$folder/targets/gateway.yml"
printf -- '- targets: [%s]\n' "$MODELSERVERS" > "$folder/targets/modelserver.yml"
exec "${PROMETHEUS_PROGRAM:-/bin/prometheus}" --config.file="$folder/prometheus.yml" --storage.tsdb.path=/prometheus --enable-feature=exemplar-storage
