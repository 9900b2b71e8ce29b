{{/* Where a pool's models come from. */}}
{{- define "platform.modelsVolume" -}}
{{- if eq .source "claim" }}
- name: models
  persistentVolumeClaim:
    claimName: {{ .claim.name }}
    readOnly: {{ .claim.readOnly }}
{{- else if eq .source "ociImage" }}
- name: models
  image:
    reference: {{ .ociImage.reference }}
    pullPolicy: {{ .ociImage.pullPolicy }}
{{- else if eq .source "fetch" }}
- name: models
  emptyDir:
    sizeLimit: {{ .fetch.sizeLimit }}
{{- with .fetch.secret }}
- name: fetch-secrets
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}

{{- define "platform.modelsMount" -}}
{{- if ne .source "image" }}
- name: models
  mountPath: /models
  readOnly: true
  {{- if and (eq .source "claim") .claim.subPath }}
  subPath: {{ .claim.subPath }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Takes models and root. */}}
{{- define "platform.modelsFetch" -}}
{{- $fetch := .models.fetch -}}
- name: fetch-models
  image: {{ $fetch.image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  {{- with $fetch.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $fetch.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  env:
    {{- include "platform.ownSettings" (merge (deepCopy $fetch.env) (dict "HOME" "/tmp")) | nindent 4 }}
  resources:
    {{- toYaml $fetch.resources | nindent 4 }}
  {{- include "platform.containerSecurity" . | nindent 2 }}
  volumeMounts:
    - name: models
      mountPath: /target
    - name: tmp
      mountPath: /tmp
    {{- if $fetch.secret }}
    - name: fetch-secrets
      mountPath: /run/fetch-secrets
      readOnly: true
    {{- end }}
{{- end -}}
