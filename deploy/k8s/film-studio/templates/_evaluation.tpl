{{/* The evaluation's three servers: images of their makers, one pod each, without redundancy. */}}
{{- define "film.evaluation.servers" -}}
postgres:
  user: 999
  data: /var/lib/postgresql
  ports: {postgres: 5432}
  args: [postgres, -c, shared_buffers=256MB, -c, max_connections=200]
  env:
    - {name: POSTGRES_DB, value: film}
    - {name: POSTGRES_PASSWORD_FILE, value: /run/secrets/postgres/admin-password}
    - {name: POSTGRES_INITDB_ARGS, value: "--auth=scram-sha-256 --locale-provider=builtin --locale=C.UTF-8"}
    - {name: PGDATA, value: /var/lib/postgresql/film/data}
  probe:
    exec:
      command: [pg_isready, -h, 127.0.0.1, -U, postgres, -d, film]
  mounts:
    - {name: socket, mountPath: /var/run/postgresql}
    - {name: secret, mountPath: /run/secrets/postgres, readOnly: true}
    - {name: owners, mountPath: /docker-entrypoint-initdb.d, readOnly: true}
  volumes:
    - name: socket
      emptyDir: {sizeLimit: 1Mi}
    - name: secret
      secret:
        secretName: {{ include "film.name" (list . "postgres") }}
        defaultMode: 0440
        items: [{key: admin-password, path: admin-password}]
    - name: owners
      secret:
        secretName: {{ include "film.name" (list . "postgres") }}
        defaultMode: 0440
        items: [{key: owners.sql, path: owners.sql}]
nats:
  user: 1000
  data: /data
  ports: {client: 4222, monitoring: 8222}
  args: [-c, /etc/film-studio/nats.conf]
  env: []
  probe:
    httpGet: {path: /healthz, port: monitoring}
  mounts:
    - {name: config, mountPath: /etc/film-studio, readOnly: true}
  volumes:
    - name: config
      secret:
        secretName: {{ include "film.name" (list . "nats") }}
        defaultMode: 0440
s3:
  user: 1000
  data: /data
  ports: {s3: 8333}
  args:
    - mini
    - -dir=/data
    - -ip=127.0.0.1
    - -ip.bind=0.0.0.0
    - -s3.port=8333
    - -s3.config=/etc/film-studio/identities.json
    - -s3.autoCreateBucket=false
    - -bucket={{ .Values.s3.bucket }}
    - -s3.port.iceberg=0
    - -s3.port.lance=0
    - -master.telemetry=false
    - -webdav=false
    - -admin.ui=false
    - -s3.localSocket=/tmp/s3.sock
    - -filer.localSocket=/tmp/filer.sock
  env:
    - {name: GOMEMLIMIT, value: 768MiB}
    - {name: HOME, value: /data}
    - {name: TMPDIR, value: /tmp}
  probe:
    httpGet: {path: /healthz, port: s3}
  mounts:
    - {name: config, mountPath: /etc/film-studio, readOnly: true}
  volumes:
    - name: config
      secret:
        secretName: {{ include "film.name" (list . "s3") }}
        defaultMode: 0440
{{- end -}}
