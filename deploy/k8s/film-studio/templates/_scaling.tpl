{{- define "film.cpuScaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "film.metadata" (list .root .component) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "film.name" (list .root .component) }}
  minReplicas: {{ int .spec.autoscaling.min }}
  maxReplicas: {{ int .spec.autoscaling.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int .spec.autoscaling.cpuPercent }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
{{- end -}}

{{/*
A pool scaled on what waits for it and what it works on. The Deployment is made with one pod, which announces the
pool: only then is there a consumer to measure, so the first pods stay for initialCooldownPeriod.
*/}}
{{- define "film.queueScaler" -}}
{{- $scaling := .spec.scaling -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "film.metadata" (list .root .component) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "film.name" (list .root .component) }}
  minReplicaCount: {{ int $scaling.min }}
  maxReplicaCount: {{ int $scaling.max }}
  pollingInterval: {{ int $scaling.pollingSeconds }}
  cooldownPeriod: {{ int $scaling.cooldownSeconds }}
  initialCooldownPeriod: {{ max 600 (int $scaling.cooldownSeconds) }}
  fallback:
    failureThreshold: 3
    replicas: {{ max 1 (int $scaling.min) }}
    behavior: currentReplicasIfHigher
  advanced:
    restoreToOriginalReplicaCount: false
    horizontalPodAutoscalerConfig:
      behavior:
        scaleDown:
          stabilizationWindowSeconds: {{ int $scaling.cooldownSeconds }}
          policies:
            - type: Pods
              value: 1
              periodSeconds: 60
  triggers:
    {{- range fromYamlArray (include "film.consumers" .spec) }}
    - type: nats-jetstream
      metadata:
        natsServerMonitoringEndpoint: {{ include "film.nats.monitoring" $.root | quote }}
        account: {{ $.root.Values.nats.account | quote }}
        stream: STUDIO_TASKS
        consumer: {{ . | quote }}
        lagThreshold: {{ int $scaling.lag | toString | quote }}
        activationLagThreshold: "0"
    {{- end }}
{{- end -}}
