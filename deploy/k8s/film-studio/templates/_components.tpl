{{/* What the templates need of a component, as YAML without root: the parts in which components differ. */}}
{{- define "film.gateway" -}}
component: gateway
service: gateway
settings: film.settings.gateway
secrets: film.secrets.gateway
waits: true
ports: {grpc: 8484, http: 8485, health: 8081}
{{- end -}}

{{- define "film.jobs" -}}
component: jobs
service: jobs
settings: film.settings.jobs
secrets: film.secrets.jobs
waits: true
ports: {grpc: 50051, health: 8081}
{{- end -}}

{{- define "film.generator" -}}
component: {{ .name }}
service: {{ .service }}
settings: film.settings.generator
secrets: film.secrets.generator
waits: false
ports: {grpc: 50051, health: 8081}
{{- end -}}

{{/* The pools that are enabled: name to values, with what they leave out from generatorDefaults and defaults. */}}
{{- define "film.pools" -}}
{{- $pools := dict -}}
{{- range $name, $own := .Values.generators -}}
{{- $pool := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy $.Values.generatorDefaults) (deepCopy $own) -}}
{{- if $pool.enabled -}}{{- $_ := set $pools $name $pool -}}{{- end -}}
{{- end -}}
{{- toYaml $pools -}}
{{- end -}}

{{/* The consumers of a pool's engines at the broker, by which KEDA sees what waits. */}}
{{- define "film.consumers" -}}
{{- if .consumers -}}
{{- toYaml .consumers -}}
{{- else -}}
{{- $kinds := dict "storyboard" "storyboard-still" "camera" "camera-clip" "kokoro" "kokoro-speech" "score" "score-music" "effects" "effects-effects" "segment" "pyav-segment" "levels" "studio-levels" "master" "pyav-master" "film" "pyav-film" "reading" "pyav-reading" "sheet" "reportlab-sheet" -}}
{{- range .engines }}
- pool-{{ get $kinds . }}
{{- end -}}
{{- end -}}
{{- end -}}
