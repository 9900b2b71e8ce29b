{{/* The prefix of all names. 36 characters leave room for -modelserver- and a pool's name in the 63 of a label. */}}
{{- define "platform.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 36 | trimSuffix "-" -}}
{{- end -}}

{{/* What pods are selected by: it can never change, so there is no version in it. Takes root, component and, for model servers, pool. */}}
{{- define "platform.selector" -}}
app.kubernetes.io/name: transformer-platform
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .pool }}
pool: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "platform.labels" -}}
{{ include "platform.selector" . }}
app.kubernetes.io/part-of: transformer-platform
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Takes registry, repository, tag and digest. */}}
{{- define "platform.image" -}}
{{- with .registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}
{{- end -}}

{{- define "platform.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "platform.fullname" .)) -}}
{{- end -}}

{{/* Empty where there is nothing to keep secret. */}}
{{- define "platform.ownSecret" -}}
{{- if not .Values.secrets.existingSecret }}
{{- with .Values.secrets.gatewayKey }}
Authentication__GatewayKey: {{ b64enc . }}
{{- end }}
{{- with .Values.secrets.signingKey }}
Authentication__SigningKey: {{ b64enc . }}
{{- end }}
{{- if .Values.redis.enabled }}
ConnectionStrings__cache: {{ printf "%s-redis:6379,password=%s" (include "platform.fullname" .) .Values.redis.password | b64enc }}
{{- else if .Values.redis.connectionString }}
ConnectionStrings__cache: {{ .Values.redis.connectionString | b64enc }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "platform.redisSecretName" -}}
{{- .Values.redis.existingSecret | default (printf "%s-redis" (include "platform.fullname" .)) -}}
{{- end -}}

{{/* Lays `over` on `base`, maps within maps too. (Sprig's merge functions lose a false, a 0 and an empty text.) */}}
{{- define "platform.overlay" -}}
{{- $out := deepCopy .base -}}
{{- range $name, $value := .over -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $out $name)) -}}
{{- $_ := set $out $name (include "platform.overlay" (dict "base" (get $out $name) "over" $value) | fromJson) -}}
{{- else -}}
{{- $_ := set $out $name $value -}}
{{- end -}}
{{- end -}}
{{- toJson $out -}}
{{- end -}}

{{/* All pools that are enabled, complete, by name. */}}
{{- define "platform.pools" -}}
{{- $pools := dict -}}
{{- range $name, $own := .Values.modelserver.pools -}}
{{- $pool := include "platform.overlay" (dict "base" $.Values.modelserver.defaults "over" (default dict $own)) | fromJson -}}
{{- if $pool.enabled }}{{ $_ := set $pools $name $pool }}{{ end -}}
{{- end -}}
{{- toJson $pools -}}
{{- end -}}
