import { newDurations } from '#telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Named after OpenTelemetry's semantic conventions for HTTP servers. */
const durations = newDurations({
  name: 'http_server_request_duration_seconds',
  help: 'Duration of requests by route and status, without event streams and probes.',
  labels: ['http_request_method', 'http_route', 'http_response_status_code'],
});

/** Records the duration of a response. Unknown routes share one label, so callers cannot create series. */
export function countRequest({ method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const route = routeOptions.url ?? 'none';
  if (route.endsWith('/events') || route.startsWith('/health/')) return;
  const labels = { http_request_method: method, http_route: route, http_response_status_code: reply.statusCode };
  durations.observe(labels, reply.elapsedTime / 1000);
}
