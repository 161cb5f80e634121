{{/*
Settings of each component as a map of FILM_ variables. What is secret is not here: it comes as files, by the
variables of "film.secrets.*", each {secret, key}.
*/}}
{{- define "film.settings.server" -}}
{{- $root := .root -}}
FILM_HEALTH_LISTEN: "0.0.0.0:8081"
FILM_LOG_FORMAT: json
FILM_LOG_LEVEL: {{ $root.Values.logLevel }}
FILM_DRAIN_GRACE_SECONDS: {{ include "film.drainSeconds" .spec | quote }}
FILM_CONNECTION_AGE_MAX_SECONDS: {{ $root.Values.connectionAgeMaxSeconds | toJson | quote }}
{{- end -}}

{{- define "film.settings.broker" -}}
FILM_NATS_URL: {{ include "film.nats.url" .root | quote }}
FILM_NATS_USER: {{ .service }}
{{- end -}}

{{- define "film.settings.objects" -}}
{{- $s3 := .root.Values.s3 -}}
FILM_S3_ENDPOINT: {{ include "film.s3.endpoint" .root | quote }}
FILM_S3_PUBLIC_ENDPOINT: {{ $s3.publicEndpoint | quote }}
FILM_S3_BUCKET: {{ $s3.bucket | quote }}
FILM_S3_SECURE: {{ $s3.secure | quote }}
FILM_S3_REGION: {{ $s3.region | quote }}
{{- with $s3.workloadIdentity }}
{{- if .enabled }}
FILM_S3_IDENTITY_TOKEN_PATH: {{ include "film.identity.folder" $.root }}/token
FILM_S3_TOKEN_SERVICE_URL: {{ include "film.identity.service" $.root | quote }}
FILM_S3_ROLE: {{ ternary .roles.jobs .roles.generator (eq $.service "jobs") | quote }}
FILM_S3_SESSION_SECONDS: {{ .sessionSeconds | toJson | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "film.identity.folder" -}}
/var/run/secrets/film-studio-identity
{{- end -}}

{{- define "film.identity.service" -}}
{{- default (printf "https://sts.%s.amazonaws.com" .Values.s3.region) .Values.s3.workloadIdentity.tokenServiceUrl -}}
{{- end -}}

{{- define "film.settings.keys" -}}
FILM_GATEWAY_ADDRESS: {{ printf "%s:8484" (include "film.name" (list .root "gateway")) | quote }}
{{- end -}}

{{- define "film.settings.gateway" -}}
{{- $gateway := .root.Values.gateway -}}
{{ include "film.settings.server" . }}
FILM_LISTEN: "0.0.0.0:8484"
FILM_HTTP_LISTEN: "0.0.0.0:8485"
FILM_JOBS_ADDRESS: {{ printf "%s:50051" (include "film.name" (list .root "jobs")) | quote }}
FILM_PUBLIC_BASE_URL: {{ .root.Values.publicBaseUrl | quote }}
FILM_REGISTRATION: {{ $gateway.registration }}
FILM_TRUSTED_PROXIES: {{ join "," $gateway.trustedProxies | quote }}
FILM_CORS_ORIGINS: {{ join "," $gateway.corsOrigins | quote }}
FILM_MEDIA_ORIGINS: {{ include "film.mediaOrigins" .root | quote }}
FILM_LOCAL_ACCOUNT_EMAIL: {{ $gateway.operator.email | quote }}
{{ include "film.settings.database" . }}
{{- end -}}

{{- define "film.settings.database" -}}
FILM_DATABASE_POOL_SIZE_MAX: {{ .root.Values.database.poolSizeMax | toJson | quote }}
{{- if and .root.Values.database.pooled (not .isDirect) }}
FILM_DATABASE_POOLED: "true"
{{- end }}
{{- end -}}

{{- define "film.settings.jobs" -}}
{{ include "film.settings.server" . }}
{{ include "film.settings.broker" . }}
{{ include "film.settings.objects" . }}
{{ include "film.settings.keys" . }}
FILM_LISTEN: "0.0.0.0:50051"
FILM_PUBLIC_BASE_URL: {{ .root.Values.publicBaseUrl | quote }}
FILM_MEDIA_PUBLIC_BASE_URL: {{ .root.Values.s3.mediaPublicBaseUrl | quote }}
{{ include "film.settings.database" . }}
{{- end -}}

{{- define "film.settings.generator" -}}
{{- $spec := .spec -}}
{{ include "film.settings.server" . }}
{{ include "film.settings.broker" . }}
{{ include "film.settings.objects" . }}
{{ include "film.settings.keys" . }}
FILM_LISTEN: "0.0.0.0:50051"
FILM_REPLICAS_MAX: {{ include "film.replicasMax" $spec | quote }}
{{- if or (eq .service "imagegen") (eq .service "videogen") }}
FILM_{{ upper .service }}_ENGINE: {{ first $spec.engines }}
FILM_{{ upper .service }}_LANES: {{ $spec.lanes | toJson | quote }}
{{- else }}
FILM_{{ upper .service }}_ENGINES: {{ join "," $spec.engines | quote }}
{{- end }}
{{- if eq .service "audiogen" }}
FILM_AUDIOGEN_THREADS: {{ $spec.lanes | toJson | quote }}
{{- end }}
{{- if eq .service "composer" }}
FILM_COMPOSER_SCRATCH_DIR: /var/lib/film-studio
{{- end }}
{{- end -}}

{{/* How long calls, and after them work, may take to end: both follow each other within the pod's grace. */}}
{{- define "film.drainSeconds" -}}
{{- div (sub (int .terminationGracePeriodSeconds) (add 4 (int .preStopSeconds))) 2 -}}
{{- end -}}

{{- define "film.replicasMax" -}}
{{- if eq .scaling.mode "keda" }}{{ int .scaling.max }}{{ else }}{{ max 1 (int .scaling.replicas) }}{{ end -}}
{{- end -}}

{{/* Where things are: the evaluation's own servers, or those of the values. */}}
{{- define "film.nats.url" -}}
{{- if .Values.evaluation.enabled }}nats://{{ include "film.name" (list . "nats") }}:4222{{ else }}{{ .Values.nats.url }}{{ end -}}
{{- end -}}

{{- define "film.s3.endpoint" -}}
{{- if .Values.evaluation.enabled }}{{ include "film.name" (list . "s3") }}:8333{{ else }}{{ .Values.s3.endpoint }}{{ end -}}
{{- end -}}

{{/* Where browsers fetch films from: what the values say, else the CDN's origin and the store's. */}}
{{- define "film.mediaOrigins" -}}
{{- $s3 := .Values.s3 -}}
{{- $scheme := ternary "https://" "http://" $s3.secure -}}
{{- $host := default (include "film.s3.endpoint" .) $s3.publicEndpoint | trimSuffix (ternary ":443" ":80" $s3.secure) -}}
{{- $origins := list (regexFind "^https?://[^/]+" $s3.mediaPublicBaseUrl) (printf "%s%s" $scheme $host) -}}
{{- if regexMatch "\\.(amazonaws\\.com(\\.cn)?|aliyuncs\\.com)$" $host -}}
{{- /* There the bucket stands in the host's name. */}}
{{- $origins = append $origins (printf "%s%s.%s" $scheme $s3.bucket $host) -}}
{{- end -}}
{{- join "," (default (compact $origins) .Values.gateway.mediaOrigins) -}}
{{- end -}}

{{- define "film.nats.monitoring" -}}
{{- if .Values.evaluation.enabled -}}
{{ include "film.name" (list . "nats") }}.{{ .Release.Namespace }}.svc.cluster.local:8222
{{- else }}{{ .Values.nats.monitoringEndpoint }}{{ end -}}
{{- end -}}

{{- define "film.secret.of" -}}
{{- if .root.Values.evaluation.enabled }}{{ include "film.name" (list .root "evaluation") }}{{ else }}{{ .secret }}{{ end -}}
{{- end -}}

{{- define "film.secrets.database" -}}
FILM_DATABASE_URL:
  secret: {{ include "film.secret.of" (dict "root" .root "secret" (ternary .root.Values.database.migrationsSecret .root.Values.database.existingSecret (and (default false .isDirect) .root.Values.database.pooled))) }}
  key: {{ get .root.Values.database.keys .service }}
{{- end -}}

{{- define "film.secrets.broker" -}}
FILM_NATS_PASSWORD:
  secret: {{ include "film.secret.of" (dict "root" .root "secret" .root.Values.nats.existingSecret) }}
  key: {{ get .root.Values.nats.keys .service }}
{{- end -}}

{{- define "film.secrets.objects" -}}
{{- $s3 := .root.Values.s3 -}}
{{- $keys := ternary $s3.keys.jobs $s3.keys.generator (eq .service "jobs") -}}
{{- if not $s3.workloadIdentity.enabled -}}
FILM_S3_ACCESS_KEY:
  secret: {{ include "film.secret.of" (dict "root" .root "secret" $s3.existingSecret) }}
  key: {{ $keys.access }}
FILM_S3_SECRET_KEY:
  secret: {{ include "film.secret.of" (dict "root" .root "secret" $s3.existingSecret) }}
  key: {{ $keys.secret }}
{{- end -}}
{{- end -}}

{{- define "film.secrets.gateway" -}}
{{- $gateway := .root.Values.gateway -}}
{{ include "film.secrets.database" . }}
{{- if $gateway.operator.email }}
FILM_LOCAL_ACCOUNT_PASSWORD:
  secret: {{ include "film.secret.of" (dict "root" .root "secret" $gateway.operator.existingSecret) }}
  key: {{ $gateway.operator.key }}
{{- end }}
{{- with $gateway.adminSecret.existingSecret }}
FILM_ADMIN_SECRET:
  secret: {{ . }}
  key: {{ $gateway.adminSecret.key }}
{{- end }}
{{- end -}}

{{- define "film.secrets.jobs" -}}
{{ include "film.secrets.database" . }}
{{ include "film.secrets.broker" . }}
{{ include "film.secrets.objects" . }}
{{- end -}}

{{- define "film.secrets.generator" -}}
{{ include "film.secrets.broker" . }}
{{ include "film.secrets.objects" . }}
{{- end -}}
