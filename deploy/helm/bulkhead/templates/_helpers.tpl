{{/* The prefix of all object names: the release name, with "bulkhead" in it. */}}
{{- define "bulkhead.name" -}}
{{- $name := contains "bulkhead" .Release.Name | ternary .Release.Name (printf "%s-bulkhead" .Release.Name) -}}
{{- $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels that select the pods of a component. Takes a dict of root and component. */}}
{{- define "bulkhead.selector" -}}
app.kubernetes.io/name: bulkhead
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "bulkhead.labels" -}}
{{ include "bulkhead.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "bulkhead.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The security context of every pod; it meets the Pod Security Standard "restricted". */}}
{{- define "bulkhead.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* The image and security context of every container. */}}
{{- define "bulkhead.container" -}}
image: {{ include "bulkhead.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* The scheduling of a pod. Takes the values of its component, with the labels that select its pods as `selector`. */}}
{{- define "bulkhead.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml .topologySpreadConstraints | nindent 2 }}
{{- else if .selector }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- .selector | nindent 8 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* The environment of every process. Secrets are mounted as files, because environments are exposed in too many places. */}}
{{- define "bulkhead.environment" -}}
- { name: DATABASE_URL_FILE, value: /etc/bulkhead/database/url }
- { name: BULKHEAD_DATABASE_POOL, value: {{ .Values.database.pool | quote }} }
- { name: BULKHEAD_QUEUE, value: {{ .Values.queue.driver }} }
{{- if eq .Values.queue.driver "redis" }}
- { name: REDIS_URL_FILE, value: /etc/bulkhead/redis/url }
{{- end }}
- { name: BULKHEAD_HOST, value: '0.0.0.0' }
- { name: BULKHEAD_LOG_LEVEL, value: {{ .Values.logLevel }} }
{{- end -}}

{{- define "bulkhead.monitoringPort" -}}
- { name: monitoring, containerPort: 9464 }
{{- end -}}

{{- define "bulkhead.mounts" -}}
- { name: database, mountPath: /etc/bulkhead/database, readOnly: true }
{{- if eq .Values.queue.driver "redis" }}
- { name: redis, mountPath: /etc/bulkhead/redis, readOnly: true }
{{- end }}
- { name: tmp, mountPath: /tmp }
{{- end -}}

{{- define "bulkhead.volumes" -}}
{{ include "bulkhead.secretVolume" (dict "name" "database" "secret" .Values.database.secret "path" "url") }}
{{- if eq .Values.queue.driver "redis" }}
{{ include "bulkhead.secretVolume" (dict "name" "redis" "secret" .Values.queue.redisSecret "path" "url") }}
{{- end }}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{/* One key of a Secret as a file. Takes a dict of name, secret and path. */}}
{{- define "bulkhead.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret.name | quote }}
    # 0440, which YAML 1.2 parsers read as a decimal number.
    defaultMode: 288
    items: [{ key: {{ .secret.key | quote }}, path: {{ .path }} }]
{{- end -}}
