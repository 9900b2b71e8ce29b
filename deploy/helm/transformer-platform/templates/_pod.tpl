{{/* What the pods of all three components have alike: PodSecurity `restricted`, and no way to the API server. Takes root, component and security. */}}
{{- define "platform.podSecurity" -}}
serviceAccountName: {{ include "platform.fullname" .root }}-{{ .component }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- range $name := list "runAsUser" "runAsGroup" "fsGroup" }}
  {{- with get $.security $name }}
  {{ $name }}: {{ int64 . }}
  {{- end }}
  {{- end }}
  {{- if .security.fsGroup }}
  # Not every file again at each start.
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "platform.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Where pods may run. Takes root, component, pool (its name) and placement (nodeSelector, tolerations, affinity, …). */}}
{{- define "platform.placement" -}}
# A preference: one node more or less must not keep a pod from running. The hash keeps an update's old pods out of the count.
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "platform.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- include "platform.nodes" .placement }}
{{- end -}}

{{- define "platform.nodes" -}}
{{- range $name := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $ $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- range $name := list "priorityClassName" "runtimeClassName" }}
{{- with get $ $name }}
{{ $name }}: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The settings that gateway and model servers share. Takes root, component and notice (seconds). */}}
{{- define "platform.settings" -}}
{{- $values := .root.Values -}}
- name: Secrets__Folder
  value: /run/secrets
{{- with $values.authentication.authority }}
- name: Authentication__Authority
  value: {{ . | quote }}
{{- end }}
- name: Authentication__Issuer
  value: {{ $values.authentication.issuer | default $values.authentication.authority | quote }}
- name: Authentication__Audience
  value: {{ $values.authentication.audience | quote }}
- name: Drain__Notice
  value: {{ include "platform.timeSpan" .notice | quote }}
- name: Drain__Timeout
  value: {{ include "platform.timeSpan" $values.drain.timeoutSeconds | quote }}
{{- with $values.telemetry.otlpEndpoint }}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_SERVICE_NAME
  value: {{ $.component }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: service.instance.id=$(POD_NAME),k8s.pod.name=$(POD_NAME),k8s.namespace.name={{ $.root.Release.Namespace }}
{{- end }}
{{- end -}}

{{- define "platform.ownSettings" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* Seconds as .NET reads a time span. */}}
{{- define "platform.timeSpan" -}}
{{- $seconds := int . -}}
{{- printf "%02d:%02d:%02d" (div $seconds 3600) (mod (div $seconds 60) 60) (mod $seconds 60) -}}
{{- end -}}

{{/* The drain's timeout, and some time for what comes before and after it. */}}
{{- define "platform.gracePeriod" -}}
{{- add (int .Values.drain.timeoutSeconds) 15 -}}
{{- end -}}

{{- define "platform.secretVolume" -}}
- name: secrets
  secret:
    secretName: {{ include "platform.secretName" . }}
    # For the group alone, which is fsGroup.
    defaultMode: 0440
{{- end -}}

{{/* Services that read their secrets at start must start anew when those that the chart makes change. */}}
{{- define "platform.podAnnotations" -}}
{{- if not .root.Values.secrets.existingSecret }}
checksum/secrets: {{ include "platform.ownSecret" .root | sha256sum }}
{{- end }}
{{- with .annotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Behaviour and metrics of a HorizontalPodAutoscaler. */}}
{{- define "platform.scaling" -}}
minReplicas: {{ int .minReplicas }}
maxReplicas: {{ int .maxReplicas }}
metrics:
  {{- with .cpu }}
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: {{ int . }}
  {{- end }}
  {{- range .podMetrics }}
  - type: Pods
    pods:
      metric:
        name: {{ .name }}
      target:
        type: AverageValue
        averageValue: {{ .averageValue | quote }}
  {{- end }}
behavior:
  {{- include "platform.scalingBehavior" . | nindent 2 }}
{{- end -}}

{{/* Up at once, by half or two pods a minute; down slowly, one a minute: what leaves takes its loaded models with it. */}}
{{- define "platform.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  selectPolicy: Max
  policies:
    - { type: Percent, value: 50, periodSeconds: 60 }
    - { type: Pods, value: 2, periodSeconds: 60 }
scaleDown:
  stabilizationWindowSeconds: {{ int .scaleDownSeconds }}
  policies:
    - { type: Pods, value: 1, periodSeconds: 60 }
{{- end -}}
