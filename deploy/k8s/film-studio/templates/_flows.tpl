{{/* Ports of a policy: a list of numbers. */}}
{{- define "film.tcp" -}}
{{- range . }}
- protocol: TCP
  port: {{ int . }}
{{- end -}}
{{- end -}}

{{/* Pods of components as peers: (list $ (list "gateway")). */}}
{{- define "film.pods" -}}
{{- $root := index . 0 -}}
{{- range index . 1 }}
- podSelector:
    matchLabels:
      {{- include "film.selector" (list $root .) | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* A rule between components of the release: (list $ "to" components ports). */}}
{{- define "film.flow" -}}
{{ index . 1 }}:
  {{- include "film.pods" (list (index . 0) (index . 2)) | nindent 2 }}
ports:
  {{- include "film.tcp" (index . 3) | nindent 2 }}
{{- end -}}

{{/* The rule to a server: the evaluation's own at its port, or the values' peers at theirs. */}}
{{- define "film.wayOut" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.evaluation.enabled -}}
{{ include "film.flow" (list $root "to" (list (index . 1)) (list (index . 2))) }}
{{- else -}}
ports:
  {{- include "film.tcp" (list (index . 3)) | nindent 2 }}
{{- with get $root.Values.networkPolicy.peers (index . 1) }}
to:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end -}}
