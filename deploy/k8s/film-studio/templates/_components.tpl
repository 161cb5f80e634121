{{/* What the templates need of a component, as YAML without root: the parts in which components differ. */}}
{{- define "film.gateway" -}}
component: gateway
service: gateway
settings: film.settings.gateway
secrets: film.secrets.gateway
waits: true
database: true
objects: false
ports: {grpc: 8484, http: 8485, health: 8081}
{{- end -}}

{{- define "film.jobs" -}}
component: jobs
service: jobs
settings: film.settings.jobs
secrets: film.secrets.jobs
waits: true
database: true
objects: true
ports: {grpc: 50051, health: 8081}
{{- end -}}

{{- define "film.generator" -}}
component: {{ .name }}
service: {{ .service }}
settings: film.settings.generator
secrets: film.secrets.generator
waits: false
database: false
objects: true
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

{{/* The engines that the services offer, and the pool of each, by which KEDA sees what waits. */}}
{{- define "film.engines" -}}
imagegen: {storyboard: storyboard-still, diffusers: diffusers-still, openai: openai-still, "null": null-still}
videogen: {camera: camera-clip, diffusers: diffusers-clip, openai: openai-clip, "null": null-clip}
audiogen:
  kokoro: kokoro-speech
  score: score-music
  effects: effects-effects
  diffusers-music: diffusers-music
  diffusers-effects: diffusers-effects
  openai: openai-speech
  null-speech: null-speech
  null-music: null-music
  null-effects: null-effects
composer:
  segment: pyav-segment
  levels: studio-levels
  master: pyav-master
  film: pyav-film
  reading: pyav-reading
  sheet: reportlab-sheet
  null-segment: null-segment
  null-levels: null-levels
  null-master: null-master
  null-film: null-film
  null-reading: null-reading
  null-sheet: null-sheet
{{- end -}}

{{/* The consumers of a pool's engines at the broker. */}}
{{- define "film.consumers" -}}
{{- if .consumers -}}
{{- toYaml .consumers -}}
{{- else -}}
{{- $pools := get (fromYaml (include "film.engines" .)) .service -}}
{{- range .engines }}
- pool-{{ get $pools . }}
{{- end -}}
{{- end -}}
{{- end -}}
