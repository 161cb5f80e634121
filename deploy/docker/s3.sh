#!/bin/sh
# Starts the object store with two identities: jobs may do everything, generators read, list and write the bucket.
set -eu
umask 077
identities=/tmp/identities.json
cat >"$identities" <<JSON
{"identities": [
  {"name": "jobs", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
   "credentials": [{"accessKey": "$JOBS_ACCESS_KEY", "secretKey": "$JOBS_SECRET_KEY"}]},
  {"name": "generator", "actions": ["Read:$BUCKET", "List:$BUCKET", "Write:$BUCKET"],
   "credentials": [{"accessKey": "$GENERATOR_ACCESS_KEY", "secretKey": "$GENERATOR_SECRET_KEY"}]}
]}
JSON
exec weed -logtostderr=true mini -dir=/data -ip=127.0.0.1 -ip.bind=0.0.0.0 -s3.port=8333 \
    -s3.config="$identities" -s3.autoCreateBucket=false -bucket="$BUCKET" -s3.port.iceberg=0 -s3.port.lance=0 \
    -master.telemetry=false -webdav=false -admin.ui=false \
    -s3.localSocket=/tmp/s3.sock -filer.localSocket=/tmp/filer.sock
