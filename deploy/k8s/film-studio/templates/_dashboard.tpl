{{/* The dashboard as Grafana reads it, from files/dashboard.yaml: three panels of 8 by 8 a row. */}}
{{- define "film.dashboard" -}}
{{- $board := fromYaml (.Files.Get "files/dashboard.yaml") -}}
{{- $source := dict "type" "prometheus" "uid" "${datasource}" -}}
{{- $panels := list -}}
{{- range $index, $panel := $board.panels -}}
{{- $targets := list -}}
{{- range $number, $query := $panel.queries -}}
{{- $targets = append $targets (dict "refId" (printf "%c" (add 65 $number)) "datasource" $source "expr" $query.expr "legendFormat" $query.legend) -}}
{{- end -}}
{{- $place := dict "x" (mul 8 (mod $index 3)) "y" (mul 8 (div $index 3)) "w" 8 "h" 8 -}}
{{- $field := dict "defaults" (dict "unit" $panel.unit "min" 0) "overrides" list -}}
{{- $panels = append $panels (dict "id" (add 1 $index) "type" "timeseries" "title" $panel.title "datasource" $source "gridPos" $place "fieldConfig" $field "targets" $targets) -}}
{{- end -}}
{{- $sources := dict "name" "datasource" "label" "Prometheus" "type" "datasource" "query" "prometheus" -}}
{{- $names := dict "query" "label_values(film_database_connections_max, namespace)" "refId" "namespaces" -}}
{{- $spaces := dict "name" "namespace" "label" "Namespace" "type" "query" "datasource" $source "query" $names "refresh" 2 "sort" 1 -}}
{{- dict "title" $board.title "uid" "film-studio" "schemaVersion" 39 "editable" true "refresh" "30s" "tags" (list "film-studio") "time" (dict "from" "now-6h" "to" "now") "templating" (dict "list" (list $sources $spaces)) "panels" $panels | toRawJson -}}
{{- end -}}
