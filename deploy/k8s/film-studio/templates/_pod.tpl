{{/* Security of every pod and container: the restricted profile, and nothing written but to volumes. */}}
{{- define "film.podSecurity" -}}
runAsNonRoot: true
{{- if not .Values.openshift }}
runAsUser: {{ .user | default 10001 }}
runAsGroup: {{ .user | default 10001 }}
fsGroup: {{ .user | default 10001 }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "film.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Variables of every container of ours, from settings, secrets' files, proxies and authorities. */}}
{{- define "film.env" -}}
{{- $settings := mergeOverwrite (fromYaml (include .settings .)) (deepCopy (default dict .spec.settings)) -}}
{{- $secrets := mergeOverwrite (fromYaml (include .secrets .)) (deepCopy (default dict .spec.secretSettings)) -}}
{{- $plain := dict "HOME" "/tmp" "TMPDIR" "/tmp" -}}
{{- range $name, $value := $settings -}}
{{- $text := include "film.text" $value -}}
{{- if ne $text "" }}{{ $_ := set $plain $name $text }}{{ end -}}
{{- end -}}
{{- range $name, $_ := $secrets -}}
{{- $_ := set $plain (printf "%s_FILE" $name) (printf "/run/secrets/film-studio/%s" ($name | lower | replace "_" "-")) -}}
{{- end -}}
{{- $plain = merge $plain (fromYaml (include "film.wayOutside" .root)) -}}
{{- $cache := dig "modelCache" dict .spec -}}
{{- if and (has (dig "type" "none" $cache) (list "pvc" "ephemeral")) (not (dig "readOnly" false $cache)) -}}
{{- /* What an engine fetches from a hub lies beside the models, for /tmp is small. */}}
{{- $_ := set $plain "HF_HOME" (printf "%s/.hub" $cache.path) -}}
{{- end -}}
{{- range $name, $value := $plain }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- with .spec.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Variables of every pod of ours by which it finds proxies and trusts authorities: name to value. */}}
{{- define "film.wayOutside" -}}
{{- $found := dict -}}
{{- with .Values.proxy -}}
{{- range $name, $value := dict "HTTP_PROXY" .http "HTTPS_PROXY" .https -}}
{{- if $value }}{{ $_ := set $found $name $value }}{{ end -}}
{{- end -}}
{{- if or .http .https -}}
{{- $_ := set $found "NO_PROXY" (join "," (concat (list "localhost" "127.0.0.1" ".svc" ".cluster.local") (fromYamlArray (include "film.innerNames" $)) .noProxy)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.authorities.existingConfigMap -}}
{{- range tuple "SSL_CERT_FILE" "REQUESTS_CA_BUNDLE" "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" -}}
{{- $_ := set $found . "/etc/film-studio/authorities/ca.crt" -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/* Where the authorities are mounted, and from what; both empty without any. */}}
{{- define "film.authorities.mount" -}}
{{- if .Values.authorities.existingConfigMap }}
- name: authorities
  mountPath: /etc/film-studio/authorities
  readOnly: true
{{- end }}
{{- end -}}

{{- define "film.authorities.volume" -}}
{{- with .Values.authorities.existingConfigMap }}
- name: authorities
  configMap:
    name: {{ . }}
    items:
      - key: {{ $.Values.authorities.key }}
        path: ca.crt
{{- end }}
{{- end -}}

{{- define "film.innerNames" -}}
{{- $names := list (include "film.name" (list . "gateway")) (include "film.name" (list . "jobs")) -}}
{{- if .Values.evaluation.enabled -}}
{{- $names = concat $names (list (include "film.name" (list . "postgres")) (include "film.name" (list . "nats")) (include "film.name" (list . "s3"))) -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{- define "film.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: state
  mountPath: /var/lib/film-studio
- name: secrets
  mountPath: /run/secrets/film-studio
  readOnly: true
{{- include "film.authorities.mount" .root }}
{{- if and .database .root.Values.database.authorities.existingSecret }}
- name: database-authorities
  mountPath: /etc/film-studio/database
  readOnly: true
{{- end }}
{{- if and .objects .root.Values.s3.workloadIdentity.enabled }}
- name: identity
  mountPath: {{ include "film.identity.folder" .root }}
  readOnly: true
{{- end }}
{{- with .spec.sharedMemorySize }}
- name: shared-memory
  mountPath: /dev/shm
{{- end }}
{{- if ne (dig "modelCache" "type" "none" .spec) "none" }}
- name: models
  mountPath: {{ .spec.modelCache.path }}
  readOnly: {{ or (eq .spec.modelCache.type "image") .spec.modelCache.readOnly }}
{{- end }}
{{- with .spec.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "film.volumes" -}}
{{- $secrets := mergeOverwrite (fromYaml (include .secrets .)) (deepCopy (default dict .spec.secretSettings)) -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .spec.tmpSize }}
- name: state
  emptyDir:
    sizeLimit: {{ .spec.stateSize }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $name, $source := $secrets }}
      - secret:
          name: {{ $source.secret }}
          items:
            - key: {{ $source.key }}
              path: {{ $name | lower | replace "_" "-" }}
      {{- end }}
{{- include "film.authorities.volume" .root }}
{{- if and .database .root.Values.database.authorities.existingSecret }}
- name: database-authorities
  secret:
    secretName: {{ .root.Values.database.authorities.existingSecret }}
    defaultMode: 0440
    items:
      - key: {{ .root.Values.database.authorities.key }}
        path: ca.crt
{{- end }}
{{- if and .objects .root.Values.s3.workloadIdentity.enabled }}
- name: identity
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          audience: {{ .root.Values.s3.workloadIdentity.audience }}
          expirationSeconds: 3600
          path: token
{{- end }}
{{- with .spec.sharedMemorySize }}
- name: shared-memory
  emptyDir:
    medium: Memory
    sizeLimit: {{ . }}
{{- end }}
{{- $cache := dig "modelCache" dict .spec -}}
{{- if eq (dig "type" "none" $cache) "pvc" }}
- name: models
  persistentVolumeClaim:
    claimName: {{ default (include "film.name" (list .root (printf "%s-models" .component))) $cache.existingClaim }}
{{- else if eq (dig "type" "none" $cache) "ephemeral" }}
- name: models
  emptyDir:
    sizeLimit: {{ $cache.size }}
{{- else if eq (dig "type" "none" $cache) "image" }}
- name: models
  image:
    reference: {{ $cache.image }}
    pullPolicy: IfNotPresent
{{- end }}
{{- with .spec.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where pods may run. */}}
{{- define "film.scheduling" -}}
{{- $spec := .spec -}}
{{- with $spec.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := $spec.tolerations -}}
{{- if gt (int (dig "gpu" "count" 0 $spec)) 0 -}}
{{- $tolerations = append $tolerations (dict "key" $spec.gpu.resourceName "operator" "Exists" "effect" "NoSchedule") -}}
{{- end -}}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $spec.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $spec.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $spec.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
  {{- range tuple "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "film.selector" (list $.root $.component) | nindent 8 }}
  {{- end }}
{{- end -}}
