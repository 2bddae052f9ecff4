import { newDurations } from '#telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Names as of OpenTelemetry's conventions for HTTP servers, which dashboards know. */
const durations = newDurations({
  name: 'http_server_request_duration_seconds',
  help: 'Requests by route and status; event streams and probes left out.',
  labels: ['http_request_method', 'http_route', 'http_response_status_code'],
});

/** Notes how long an answer took. A route that is not there has no name of its own: callers must not make series. */
export function countRequest({ method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const route = routeOptions.url ?? 'none';
  if (route.endsWith('/events') || route.startsWith('/health/')) return;
  const labels = { http_request_method: method, http_route: route, http_response_status_code: reply.statusCode };
  durations.observe(labels, reply.elapsedTime / 1000);
}
