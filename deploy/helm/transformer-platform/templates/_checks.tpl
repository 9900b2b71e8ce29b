{{/* What values must say together, which a schema of each cannot. Names what is wrong and what to set. */}}
{{- define "platform.checks" -}}
{{- $auth := .Values.authentication -}}
{{- $secrets := .Values.secrets -}}
{{- if not $auth.audience }}{{ fail "authentication.audience is missing: what tokens must say in `aud`." }}{{ end -}}
{{- if not (or $auth.authority $auth.issuer) }}{{ fail "authentication.authority is missing: your OIDC provider. (Without one, to try the platform out: authentication.issuer and secrets.signingKey.)" }}{{ end -}}
{{- if $secrets.existingSecret -}}
{{- if or $secrets.gatewayKey $secrets.signingKey }}{{ fail "secrets.existingSecret holds all secrets: leave secrets.gatewayKey and secrets.signingKey empty." }}{{ end -}}
{{- else if $auth.authority -}}
{{- if not $secrets.gatewayKey }}{{ fail "secrets.gatewayKey is missing: 32 characters or more, such as `openssl rand -hex 32` prints; or name a Secret in secrets.existingSecret." }}{{ end -}}
{{- if $secrets.signingKey }}{{ fail "Set one of authentication.authority and secrets.signingKey." }}{{ end -}}
{{- else if not $secrets.signingKey }}{{ fail "secrets.signingKey is missing: without authentication.authority it signs all tokens." }}{{ end -}}

{{- /* Here and not in the schema, whose messages repeat what was given. */ -}}
{{- range $name := list "gatewayKey" "signingKey" -}}
{{- with get $secrets $name }}{{ if lt (len .) 32 }}{{ fail (printf "secrets.%s is too short: 32 characters or more." $name) }}{{ end }}{{ end -}}
{{- end -}}
{{- with .Values.redis.password }}{{ if not (regexMatch "^[A-Za-z0-9_-]{16,}$" .) }}{{ fail "redis.password must be 16 letters, digits, _ and - or more." }}{{ end }}{{ end -}}

{{- if .Values.redis.enabled -}}
{{- if .Values.redis.connectionString }}{{ fail "redis.connectionString is for a Redis of yours: set redis.enabled to false." }}{{ end -}}
{{- if and .Values.redis.password .Values.redis.existingSecret }}{{ fail "Set one of redis.password and redis.existingSecret." }}{{ end -}}
{{- if not (or .Values.redis.password .Values.redis.existingSecret) }}{{ fail "redis.password is missing: 16 characters or more; or name a Secret in redis.existingSecret, or set redis.enabled to false." }}{{ end -}}
{{- if and .Values.redis.existingSecret (not $secrets.existingSecret) }}{{ fail "With redis.existingSecret the services need secrets.existingSecret, whose ConnectionStrings__cache has the same password." }}{{ end -}}
{{- if and .Values.redis.password $secrets.existingSecret }}{{ fail "With secrets.existingSecret, whose ConnectionStrings__cache has the password, Redis needs redis.existingSecret." }}{{ end -}}
{{- end -}}

{{- $lasting := false -}}
{{- $pools := include "platform.pools" . | fromJson -}}
{{- range $name, $pool := $pools -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$" $name) }}{{ fail (printf "modelserver.pools: %q is no name: at most 14 letters, digits and hyphens, a letter first." $name) }}{{ end -}}
{{- $where := printf "modelserver.pools.%s" $name -}}
{{- $scaling := $pool.autoscaling -}}
{{- if eq $scaling.kind "none" -}}
{{- if gt (int $pool.replicas) 0 }}{{ $lasting = true }}{{ end -}}
{{- else -}}
{{- if gt (int $scaling.minReplicas) 0 }}{{ $lasting = true }}{{ end -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}{{ fail (printf "%s.autoscaling: minReplicas is more than maxReplicas." $where) }}{{ end -}}
{{- end -}}
{{- if eq $scaling.kind "hpa" -}}
{{- if eq (int $scaling.minReplicas) 0 }}{{ fail (printf "%s.autoscaling: only kind keda can scale to 0." $where) }}{{ end -}}
{{- if not (or $scaling.cpu $scaling.podMetrics) }}{{ fail (printf "%s.autoscaling needs cpu or podMetrics." $where) }}{{ end -}}
{{- end -}}
{{- if and (eq $scaling.kind "keda") (not $scaling.keda.serverAddress) }}{{ fail (printf "%s.autoscaling.keda.serverAddress is missing: the address of Prometheus." $where) }}{{ end -}}
{{- if and (eq $scaling.kind "keda") (eq (int $scaling.minReplicas) 0) (not $scaling.keda.triggers) }}{{ fail (printf "%s.autoscaling.keda.triggers is missing: a pool without servers has no queue that could wake it." $where) }}{{ end -}}
{{- if and (eq $pool.device "cuda") (eq (int $pool.gpus) 0) }}{{ fail (printf "%s.gpus is 0: device cuda needs one." $where) }}{{ end -}}
{{- include "platform.ownSettingsChecks" (dict "where" (printf "%s.settings" $where) "settings" $pool.settings) -}}
{{- include "platform.lastingImages" (dict "where" $where "images" (list $pool.image.tag $pool.models.ociImage.reference $pool.models.fetch.image)) -}}
{{- $models := $pool.models -}}
{{- if and (eq $models.source "claim") (not $models.claim.name) }}{{ fail (printf "%s.models.claim.name is missing." $where) }}{{ end -}}
{{- if and (eq $models.source "ociImage") (not $models.ociImage.reference) }}{{ fail (printf "%s.models.ociImage.reference is missing." $where) }}{{ end -}}
{{- if and (eq $models.source "fetch") (not $models.fetch.image) }}{{ fail (printf "%s.models.fetch.image is missing." $where) }}{{ end -}}
{{- $rolling := $pool.rollingUpdate -}}
{{- if and (eq (toString $rolling.maxSurge) "0") (eq (toString $rolling.maxUnavailable) "0") }}{{ fail (printf "%s.rollingUpdate: maxSurge and maxUnavailable cannot both be 0." $where) }}{{ end -}}
{{- end -}}
{{- if not $lasting }}{{ fail "modelserver.pools: one pool must keep a server. While none is ready the gateway is not either, and gets no request that could wake one." }}{{ end -}}

{{- include "platform.lastingImages" (dict "where" "The tag of an image" "images" (list .Values.image.tag .Values.gateway.image.tag .Values.redis.image.tag)) -}}
{{- include "platform.ownSettingsChecks" (dict "where" "gateway.settings" "settings" .Values.gateway.settings) -}}
{{- $gateway := .Values.gateway.autoscaling -}}
{{- if $gateway.enabled -}}
{{- if gt (int $gateway.minReplicas) (int $gateway.maxReplicas) }}{{ fail "gateway.autoscaling: minReplicas is more than maxReplicas." }}{{ end -}}
{{- if not (or $gateway.cpu $gateway.podMetrics) }}{{ fail "gateway.autoscaling needs cpu or podMetrics." }}{{ end -}}
{{- end -}}
{{- range $notice := list .Values.gateway.noticeSeconds .Values.modelserver.noticeSeconds -}}
{{- if ge (int $notice) (int $.Values.drain.timeoutSeconds) }}{{ fail "drain.timeoutSeconds includes the notice (noticeSeconds) and must be more." }}{{ end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}{{ fail "ingress.hosts is missing." }}{{ end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}{{ fail "httpRoute.parentRefs is missing: the Gateway that the route belongs to." }}{{ end -}}
{{- with .Values.monitoring.serviceMonitor -}}
{{- if .enabled -}}
{{- if not (or .tokenSecret.name .oauth2) }}{{ fail "monitoring.serviceMonitor: /metrics asks for a token: set tokenSecret.name or oauth2." }}{{ end -}}
{{- if and .tokenSecret.name .oauth2 }}{{ fail "monitoring.serviceMonitor: set one of tokenSecret.name and oauth2." }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A name that is set twice is refused by the API server, without a word of where it comes from. */}}
{{- define "platform.ownSettingsChecks" -}}
{{- $chart := list "ASPNETCORE_HTTP_PORTS" "Replicas__Dns" "Proxy__Http2" "RateLimiting__Instances" "Http2__Port" "Inference__Device" "Models__Folder" "Models__ReadyWhen" "Secrets__Folder" "Authentication__Authority" "Authentication__Issuer" "Authentication__Audience" "Drain__Notice" "Drain__Timeout" "POD_NAME" "OTEL_EXPORTER_OTLP_ENDPOINT" "OTEL_SERVICE_NAME" "OTEL_RESOURCE_ATTRIBUTES" -}}
{{- range $name, $_ := .settings -}}
{{- if regexMatch "(?i)^(ConnectionStrings__.*|Authentication__(GatewayKey|SigningKey))$" $name }}{{ fail (printf "%s: %s is a secret, which belongs into secrets or secrets.existingSecret." $.where $name) }}{{ end -}}
{{- if has $name $chart }}{{ fail (printf "%s: %s is set by the chart, from values of its own." $.where $name) }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "platform.lastingImages" -}}
{{- range .images -}}
{{- if regexMatch "(^|:)latest$" . }}{{ fail (printf "%s: latest is another image tomorrow, and a rollback would get it too. Name a version or a digest." $.where) }}{{ end -}}
{{- end -}}
{{- end -}}
