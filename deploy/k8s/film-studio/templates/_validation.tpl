{{/* What the schema cannot say. Each sentence names the value and the cure. */}}
{{- define "film.validate" -}}
{{- $v := .Values }}
{{- range $key := list "global" "image" "serviceAccount" "defaults" "gateway" "jobs" "generatorDefaults" "generators" "database" "nats" "s3" "authorities" "proxy" "migrations" "ingress" "gatewayApi" "networkPolicy" "monitoring" "tests" "evaluation" }}
{{- if not (kindIs "map" (index $v $key)) }}
{{- fail (printf "%s is null: leave it out to have its defaults, or give what belongs under it." $key) }}
{{- end }}
{{- end }}
{{- if not (or $v.image.registry $v.global.imageRegistry) }}
{{- fail "image.registry is empty: name the registry that holds the film-studio-* images, such as registry.example.org/film; deploy/docker/README.md says how to build and push them." }}
{{- end }}
{{- include "film.validate.texts" $v }}
{{- if $v.evaluation.enabled }}
{{- if lt (len $v.evaluation.seed) 16 }}
{{- fail "evaluation.seed has fewer than 16 characters: all passwords of the evaluation come from it, so give --set evaluation.seed=$(openssl rand -hex 16), and the same one at each upgrade." }}
{{- end }}
{{- if $v.s3.workloadIdentity.enabled }}
{{- fail "s3.workloadIdentity.enabled is true, but the evaluation's S3 knows keys alone: leave it out, or give an S3 of your own without evaluation.enabled." }}
{{- end }}
{{- if $v.database.pooled }}
{{- fail "database.pooled is true, but the evaluation's Postgres has no pooler: leave it out, or give a Postgres of your own without evaluation.enabled." }}
{{- end }}
{{- if eq $v.migrations.mode "hook" }}
{{- fail "migrations.mode is hook, but the evaluation's Postgres starts after hooks: set migrations.mode to job." }}
{{- end }}
{{- else }}
{{- include "film.validate.identity" $v }}
{{- if and $v.database.pooled (ne $v.migrations.mode "off") (not $v.database.migrationsSecret) }}
{{- fail "database.pooled is true, but migrations need Postgres itself: name a Secret with addresses past the pooler in database.migrationsSecret, or set migrations.mode to off and migrate yourself." }}
{{- end }}
{{- range $what, $secret := dict "database.existingSecret" $v.database.existingSecret "nats.existingSecret" $v.nats.existingSecret "s3.existingSecret" (ternary "none" $v.s3.existingSecret $v.s3.workloadIdentity.enabled) }}
{{- if not $secret }}
{{- fail (printf "%s is empty: name a Secret of this namespace that holds its addresses and passwords (docs/install-kubernetes.md lists the keys), or set evaluation.enabled for a first look." $what) }}
{{- end }}
{{- end }}
{{- if not $v.nats.url }}{{ fail "nats.url is empty: give the address of NATS, such as nats://nats.nats.svc:4222." }}{{ end }}
{{- if not $v.s3.endpoint }}{{ fail "s3.endpoint is empty: give host:port of the object store, such as s3.eu-central-1.amazonaws.com:443." }}{{ end }}
{{- if and $v.gateway.operator.email (not $v.gateway.operator.existingSecret) }}
{{- fail "gateway.operator.email is set without gateway.operator.existingSecret: name the Secret that holds the operator's password." }}
{{- end }}
{{- end }}
{{- if and (eq $v.gateway.registration "closed") (not $v.gateway.operator.email) }}
{{- fail "gateway.registration is closed and gateway.operator.email is empty, so nobody could sign in: give the operator's address, or set gateway.registration to invite or open." }}
{{- end }}
{{- if and (eq $v.gateway.registration "invite") (not $v.gateway.operator.email) (not $v.gateway.adminSecret.existingSecret) }}
{{- fail "gateway.registration is invite, but nobody can invite: give gateway.operator.email, or gateway.adminSecret.existingSecret for film admin claim." }}
{{- end }}
{{- $pools := fromYaml (include "film.pools" .) }}
{{- if not $pools }}{{ fail "generators has no enabled pool: a film needs at least one each of imagegen, videogen, audiogen and composer." }}{{ end }}
{{- $engines := dict }}
{{- range $name, $pool := $pools }}
{{- if has $name (list "gateway" "jobs" "migrations" "postgres" "nats" "s3" "evaluation" "test") }}
{{- fail (printf "generators.%s has the name of another part of the release: give it another." $name) }}
{{- end }}
{{- if and (has $pool.service (list "imagegen" "videogen")) (ne (len $pool.engines) 1) }}
{{- fail (printf "generators.%s.engines names %d engines, but %s hosts exactly one: make a pool for each." $name (len $pool.engines) $pool.service) }}
{{- end }}
{{- range $pool.engines }}
{{- $key := printf "%s/%s" $pool.service . }}
{{- if hasKey $engines $key }}
{{- fail (printf "generators.%s and generators.%s both have the engine %s: one pool is one engine; raise the replicas of one of them." (get $engines $key) $name .) }}
{{- end }}
{{- $_ := set $engines $key $name }}
{{- end }}
{{- $most := int (include "film.replicasMax" $pool) }}
{{- if and (eq $pool.modelCache.type "pvc") (eq $pool.modelCache.accessMode "ReadWriteOnce") (gt $most 1) }}
{{- fail (printf "generators.%s may have %d pods, but its modelCache is ReadWriteOnce, which pods on two nodes can't share: set accessMode to ReadWriteMany or type to ephemeral." $name $most) }}
{{- end }}
{{- if and (eq $pool.modelCache.type "image") (not $pool.modelCache.image) }}
{{- fail (printf "generators.%s.modelCache.type is image, but modelCache.image is empty: name the image that holds the model's files." $name) }}
{{- end }}
{{- with $pool.modelCache.fetch.name }}
{{- if or (not (has $pool.modelCache.type (list "pvc" "ephemeral"))) $pool.modelCache.readOnly }}
{{- fail (printf "generators.%s.modelCache.fetch brings %s, but there is no place that may be written: set modelCache.type to pvc or ephemeral, and readOnly to false." $name .) }}
{{- end }}
{{- if or (not $pool.modelCache.fetch.revision) (not $pool.modelCache.fetch.folder) }}
{{- fail (printf "generators.%s.modelCache.fetch brings %s without revision or folder: give the commit, and a folder beneath %s." $name . $pool.modelCache.path) }}
{{- end }}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.peers.providers) (not $v.proxy.https) }}
{{- fail (printf "generators.%s.modelCache.fetch brings %s, but no pod may reach the hub: name it in networkPolicy.peers.providers, or give proxy.https." $name .) }}
{{- end }}
{{- end }}
{{- if gt (int $pool.scaling.min) (int $pool.scaling.max) }}
{{- fail (printf "generators.%s.scaling.min is %d and scaling.max %d: min must not exceed max." $name (int $pool.scaling.min) (int $pool.scaling.max)) }}
{{- end }}
{{- if and (eq $pool.scaling.mode "keda") (not $v.evaluation.enabled) (not $v.nats.monitoringEndpoint) }}
{{- fail (printf "generators.%s.scaling.mode is keda, but nats.monitoringEndpoint is empty: give host:port of the monitoring of NATS, such as nats-headless.nats.svc.cluster.local:8222." $name) }}
{{- end }}
{{- include "film.validate.engines" (dict "root" $ "name" $name "pool" $pool) }}
{{- end }}
{{- range $where, $spec := merge (dict "gateway" $v.gateway "jobs" $v.jobs) $pools }}
{{- $all := mergeOverwrite (deepCopy $v.defaults) (deepCopy $spec) }}
{{- if lt (int $all.terminationGracePeriodSeconds) (add (int $all.preStopSeconds) 10 | int) }}
{{- fail (printf "%s: terminationGracePeriodSeconds is %d, which leaves less than 10 s after preStopSeconds %d: raise it." $where (int $all.terminationGracePeriodSeconds) (int $all.preStopSeconds)) }}
{{- end }}
{{- end }}
{{- if and $v.ingress.enabled (not $v.ingress.http.host) (not $v.ingress.grpc.host) }}
{{- fail "ingress.enabled is true without a host: give ingress.http.host or ingress.grpc.host." }}
{{- end }}
{{- if and $v.gatewayApi.enabled (not $v.gatewayApi.parentRefs) }}
{{- fail "gatewayApi.enabled is true without gatewayApi.parentRefs: name the Gateway that the routes attach to." }}
{{- end }}
{{- end -}}

{{/* The forms of addresses and of Secrets' names, which the schema could only answer with a pattern. */}}
{{- define "film.validate.texts" -}}
{{- $hostPort := "^[A-Za-z0-9._-]+:[0-9]{1,5}$" }}
{{- $proxy := list "^https?://\\S+:[0-9]{1,5}/?$" "http:// and host:port, such as http://proxy.example.org:3128" }}
{{- $forms := list
  (list "image.registry" .image.registry "^[A-Za-z0-9._-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)*$" "a host and perhaps a path, without https:// and without a slash at the end, such as registry.example.org/film")
  (list "publicBaseUrl" .publicBaseUrl "^https?://[A-Za-z0-9.:_\\[\\]-]+$" "https:// and a host without a path, such as https://film.example.org")
  (list "s3.endpoint" .s3.endpoint $hostPort "host:port without https://, such as s3.eu-central-1.amazonaws.com:443; s3.secure says whether it is TLS")
  (list "s3.publicEndpoint" .s3.publicEndpoint "^[A-Za-z0-9._-]+(:[0-9]{1,5})?$" "a host, or host:port, without https://, such as media.example.org")
  (list "s3.mediaPublicBaseUrl" .s3.mediaPublicBaseUrl "^https?://\\S*[^/]$" "https://, a host and perhaps a path, without a slash at the end, such as https://cdn.example.org")
  (list "s3.workloadIdentity.tokenServiceUrl" .s3.workloadIdentity.tokenServiceUrl "^https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?(/\\S*)?$" "an address such as https://sts.eu-central-1.amazonaws.com")
  (list "nats.url" .nats.url "^(nats|tls)://\\S+$" "nats:// or tls:// and host:port, such as nats://nats.nats.svc:4222")
  (list "nats.monitoringEndpoint" .nats.monitoringEndpoint $hostPort "host:port, such as nats-headless.nats.svc.cluster.local:8222")
  (list "proxy.http" .proxy.http (index $proxy 0) (index $proxy 1))
  (list "proxy.https" .proxy.https (index $proxy 0) (index $proxy 1))
}}
{{- $names := dict
  "database.existingSecret" .database.existingSecret
  "database.migrationsSecret" .database.migrationsSecret
  "database.authorities.existingSecret" .database.authorities.existingSecret
  "nats.existingSecret" .nats.existingSecret
  "s3.existingSecret" .s3.existingSecret
  "gateway.operator.existingSecret" .gateway.operator.existingSecret
  "gateway.adminSecret.existingSecret" .gateway.adminSecret.existingSecret
  "authorities.existingConfigMap" .authorities.existingConfigMap
}}
{{- range $where, $name := $names }}
{{- $forms = append $forms (list $where $name "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$" "a name of lower-case letters, digits, dashes and dots") }}
{{- end }}
{{- range $forms }}
{{- if and (index . 1) (not (regexMatch (index . 2) (index . 1))) }}
{{- fail (printf "%s is %q: give %s." (index . 0) (index . 1) (index . 3)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What pods need to be known to S3 by their accounts. */}}
{{- define "film.validate.identity" -}}
{{- $identity := .s3.workloadIdentity }}
{{- if $identity.enabled }}
{{- range $who, $role := $identity.roles }}
{{- if not $role }}
{{- fail (printf "s3.workloadIdentity.roles.%s is empty: name the role that its pods take on, such as arn:aws:iam::123456789012:role/film-%s." $who $who) }}
{{- end }}
{{- end }}
{{- if not .serviceAccount.create }}
{{- range $who, $name := $identity.serviceAccounts }}
{{- if not $name }}
{{- fail (printf "s3.workloadIdentity.serviceAccounts.%s is empty: with serviceAccount.create false, name the account that its role trusts." $who) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What the engines of a pool need beside their names. */}}
{{- define "film.validate.engines" -}}
{{- $name := .name }}
{{- $pool := .pool }}
{{- $policies := .root.Values.networkPolicy }}
{{- $offered := get (fromYaml (include "film.engines" .)) $pool.service }}
{{- $model := printf "FILM_%s_MODEL" (upper $pool.service) }}
{{- range $pool.engines }}
{{- if and (not (hasKey $offered .)) (not $pool.consumers) }}
{{- fail (printf "generators.%s.engines has %s, which %s does not offer: it has %s. For an engine of an image of your own list its consumers in generators.%s.consumers, as film pools names them, with pool- before." $name . $pool.service (keys $offered | sortAlpha | join ", ") $name) }}
{{- end }}
{{- if and (hasPrefix "diffusers" .) (not (get $pool.settings $model)) }}
{{- fail (printf "generators.%s has the engine %s without a model: set %s in generators.%s.settings to its folder, such as %s/sdxl (docs/models.md)." $name . $model $name $pool.modelCache.path) }}
{{- end }}
{{- if and (eq . "openai") (eq $pool.service "videogen") (not (and $pool.settings.FILM_VIDEOGEN_OPENAI_BASE_URL $pool.settings.FILM_VIDEOGEN_OPENAI_MODEL)) }}
{{- fail (printf "generators.%s has the engine openai without an address: set FILM_VIDEOGEN_OPENAI_BASE_URL and FILM_VIDEOGEN_OPENAI_MODEL in generators.%s.settings (docs/providers.md)." $name $name) }}
{{- end }}
{{- if and (eq . "openai") $policies.enabled (not $policies.peers.providers) (not $.root.Values.proxy.https) }}
{{- fail (printf "generators.%s has the engine openai, but no pod may reach a provider: name it in networkPolicy.peers.providers, or give proxy.https." $name) }}
{{- end }}
{{- end }}
{{- end -}}
