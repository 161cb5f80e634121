{{/*
The Deployment of a component: a dict of root, component (its name), service (its image and module), spec,
settings and secrets (names of templates), ports (name to number).
*/}}
{{- define "film.deployment" -}}
{{- $spec := .spec -}}
{{- $gpus := int (dig "gpu" "count" 0 $spec) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "film.metadata" (list .root .component) | nindent 2 }}
spec:
  {{- if not .scaled }}
  replicas: {{ int .replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  progressDeadlineSeconds: {{ add (int $spec.terminationGracePeriodSeconds) (mul 10 (int $spec.startFailuresMax)) 300 }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      # No node has a second accelerator for a pod that is not needed yet.
      maxSurge: {{ ternary 0 1 (gt $gpus 0) }}
      maxUnavailable: {{ ternary 1 0 (gt $gpus 0) }}
  selector:
    matchLabels:
      {{- include "film.selector" (list .root .component) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "film.labels" (list .root .component) | nindent 8 }}
        {{- with $spec.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .service }}
        {{- if $gpus }}
        # A node is not taken from under a shot that an accelerator works on.
        karpenter.sh/do-not-disrupt: "true"
        cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
        {{- end }}
        {{- with $spec.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "film.pullSecrets" .root | nindent 6 }}
      serviceAccountName: {{ include "film.serviceAccountOf" (list .root (ternary (ternary "jobs" "generators" (eq .service "jobs")) "" .objects)) }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ int $spec.terminationGracePeriodSeconds }}
      securityContext:
        {{- include "film.podSecurity" .root | nindent 8 }}
      {{- include "film.scheduling" . | nindent 6 }}
      {{- $waits := and .waits (ne .root.Values.migrations.mode "off") }}
      {{- $fetches := dig "modelCache" "fetch" "name" "" $spec }}
      {{- if or $waits $fetches $spec.extraInitContainers }}
      initContainers:
        {{- if $waits }}
        - name: wait-for-migrations
          image: {{ include "film.image" (list .root .service $spec.image) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [wait-for-migrations]
          env:
            {{- include "film.env" . | trim | nindent 12 }}
          securityContext:
            {{- include "film.containerSecurity" .root | nindent 12 }}
          resources:
            {{- toYaml .root.Values.migrations.resources | nindent 12 }}
          volumeMounts:
            {{- include "film.mounts" . | nindent 12 }}
        {{- end }}
        {{- if $fetches }}
        {{- include "film.fetch" . | nindent 8 }}
        {{- end }}
        {{- with $spec.extraInitContainers }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      containers:
        - name: {{ .service }}
          image: {{ include "film.image" (list .root .service $spec.image) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          env:
            {{- include "film.env" . | trim | nindent 12 }}
          ports:
            {{- range $name, $number := .ports }}
            - name: {{ $name }}
              containerPort: {{ $number }}
              protocol: TCP
            {{- end }}
          startupProbe:
            httpGet: {path: /readyz, port: health}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: {{ int $spec.startFailuresMax }}
          readinessProbe:
            httpGet: {path: /readyz, port: health}
            periodSeconds: 5
            timeoutSeconds: 5
          livenessProbe:
            httpGet: {path: /healthz, port: health}
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 6
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int $spec.preStopSeconds }}
          resources:
            {{- $resources := deepCopy $spec.resources }}
            {{- if $gpus }}
            {{- $_ := set $resources "limits" (merge (dict $spec.gpu.resourceName (toString $gpus)) (default dict $resources.limits)) }}
            {{- end }}
            {{- toYaml $resources | nindent 12 }}
          securityContext:
            {{- include "film.containerSecurity" .root | nindent 12 }}
          volumeMounts:
            {{- include "film.mounts" . | nindent 12 }}
      volumes:
        {{- include "film.volumes" . | nindent 8 }}
{{- end -}}

{{/* Brings a pool's model and compares it with its inventory; a pod that finds it whole asks nobody. */}}
{{- define "film.fetch" -}}
{{- $fetch := .spec.modelCache.fetch -}}
- name: fetch-model
  image: {{ include "film.image" (list .root .service .spec.image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [/bin/sh, -ec]
  args:
    - |
      whole() { film models verify "$1" --sha256 "$2"; }
      whole "$1" "$2" || { film models fetch "$3" "$1" --revision "$4" --endpoint "$5"{{ if $fetch.acceptLicence }} --accept-licence{{ end }}; whole "$1" "$2"; }
    - fetch-model
    - {{ printf "%s/%s" .spec.modelCache.path $fetch.folder | quote }}
    - {{ $fetch.sha256 | quote }}
    - {{ $fetch.name | quote }}
    - {{ $fetch.revision | quote }}
    - {{ $fetch.endpoint | quote }}
  env:
    {{- include "film.env" . | trim | nindent 4 }}
  securityContext:
    {{- include "film.containerSecurity" .root | nindent 4 }}
  resources:
    {{- toYaml .spec.resources | nindent 4 }}
  volumeMounts:
    {{- include "film.mounts" . | nindent 4 }}
{{- end -}}

{{- define "film.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "film.fullname" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end -}}
{{- end -}}

{{/* The account that S3 knows pods by: (list $ "jobs"), else that of the release. */}}
{{- define "film.serviceAccountOf" -}}
{{- $root := index . 0 -}}
{{- $who := index . 1 -}}
{{- if and $who $root.Values.s3.workloadIdentity.enabled -}}
{{- default (include "film.name" (list $root $who)) (get $root.Values.s3.workloadIdentity.serviceAccounts $who) -}}
{{- else -}}
{{- include "film.serviceAccount" $root -}}
{{- end -}}
{{- end -}}

{{/* Which pods may be away at a time, when a node is emptied. */}}
{{- define "film.disruption" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "film.metadata" (list .root .component) | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "film.selector" (list .root .component) | nindent 6 }}
{{- end -}}

{{/* Headless, so that gRPC clients see every pod and share their calls among them. */}}
{{- define "film.headless" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "film.metadata" (list .root .component) | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "film.selector" (list .root .component) | nindent 4 }}
  ports:
    - name: grpc
      port: 50051
      targetPort: grpc
      protocol: TCP
      appProtocol: kubernetes.io/h2c
{{- end -}}
