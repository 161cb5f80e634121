{{- define "film.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 36 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 36 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 36 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The name of a component's objects: (list $ "jobs"). 36 and 26 characters and a dash fit in a label. */}}
{{- define "film.name" -}}
{{- printf "%s-%s" (include "film.fullname" (index . 0)) (index . 1) -}}
{{- end -}}

{{/* What never changes of a component, for selectors are immutable: (list $ "jobs"). */}}
{{- define "film.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "film.labels" -}}
{{- $root := index . 0 -}}
{{ include "film.selector" . }}
app.kubernetes.io/part-of: film-studio
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "film.metadata" -}}
name: {{ include "film.name" . }}
namespace: {{ (index . 0).Release.Namespace }}
labels:
  {{- include "film.labels" . | nindent 2 }}
{{- end -}}

{{/* The image of a service: (list $ "jobs" overrides). */}}
{{- define "film.image" -}}
{{- $root := index . 0 -}}
{{- $image := mergeOverwrite (deepCopy $root.Values.image) (default dict (index . 2)) -}}
{{- $registry := default $image.registry $root.Values.global.imageRegistry -}}
{{- $repository := default (printf "%s%s" $image.prefix (index . 1)) $image.repository -}}
{{- $name := ternary (printf "%s/%s" $registry $repository) $repository (ne $registry "") -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default $root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The pull secrets of all pods, or nothing. */}}
{{- define "film.pullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* A setting as text: numbers without exponents, which Helm writes otherwise. */}}
{{- define "film.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end -}}
