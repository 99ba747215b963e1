// Routes for watching: live events, the developers' door, Prometheus.
import type { Context } from 'koa';
import type { Origin } from '../../../../sync/door.ts';
import { failure } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { prometheusText } from '../prometheus.ts';
import { type Route, route, TextReply } from '../route.ts';
import { numberText, object, oneOf, optional, text } from '../schema.ts';
import { healthView } from '../views.ts';

function sendEvents(ctx: Context, { hub }: HttpPorts, lastEventId: string | undefined): void {
  const header = ctx.get('Last-Event-ID');
  // The hub writes to the response from now on, for as long as the client stays.
  ctx.respond = false;
  hub.connect(ctx.res, header === '' ? lastEventId : header);
}

function devRoutes({ dev }: HttpPorts): Route[] {
  const closed = failure(
    'FORBIDDEN',
    "The developers' door is closed: segue settings set dev_interface true",
  );
  /** The local socket is the owner's own: it needs no leave. */
  const guarded = (origin: Origin, run: () => object) =>
    origin.door === 'socket' || dev.isOpen() ? run() : closed;
  const noRule = (name: string) => failure('NOT_FOUND', `There is no rule "${name}": GET /dev/syncs.`);
  const noFlow = (id: string) =>
    failure('NOT_FOUND', `Flow "${id}" is not kept (any more): GET /dev/flows lists those that are.`);

  return [
    route('GET', {
      path: '/dev/syncs',
      summary: 'The rules with their counters',
      run: ({ origin }) =>
        guarded(origin, () => ({
          syncs: dev.rules().map((rule) => ({ ...rule, metrics: dev.ruleMetrics(rule.name) ?? null })),
        })),
    }),
    route('GET', {
      path: '/dev/syncs/:name/metrics',
      summary: 'The counters of one rule',
      run: ({ params: { name = '' }, origin }) =>
        guarded(origin, () => dev.ruleMetrics(name) ?? noRule(name)),
    }),
    route('GET', {
      path: '/dev/flows',
      summary: 'The latest flows',
      query: object({ limit: optional(numberText({ min: 1, max: 1000, integer: true })) }),
      run: ({ query, origin }) => guarded(origin, () => ({ flows: dev.flows(query.limit ?? 50) })),
    }),
    route('GET', {
      path: '/dev/flows/:id',
      summary: 'One flow: its records, and the tree as text; or Graphviz with ?format=dot',
      query: object({ format: optional(oneOf('json', 'dot')) }),
      run: ({ params: { id = '' }, query, origin }) =>
        guarded(origin, () => {
          const dot = query.format === 'dot' ? dev.flowAsDot(id) : undefined;
          if (dot !== undefined) return new TextReply('text/vnd.graphviz; charset=utf-8', dot);
          const flow = dev.flow(id);
          return flow === undefined ? noFlow(id) : { ...flow, tree: dev.flowAsTree(id) ?? '' };
        }),
    }),
  ];
}

export function liveRoutes(ports: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/events',
      summary: 'Live events (SSE): the full state, then each change',
      query: object({ lastEventId: optional(text({ maxLength: 100 })) }),
      raw: (ctx, { query }) => sendEvents(ctx, ports, query.lastEventId),
    }),
    route('GET', {
      path: '/metrics',
      summary: 'Counters for Prometheus',
      run() {
        const text = prometheusText({
          audio: ports.audioStats(),
          hub: ports.hub.counts(),
          isHealthy: healthView(ports.door).ok,
        });
        return new TextReply('text/plain; version=0.0.4; charset=utf-8', text + ports.dev.prometheus());
      },
    }),
    ...devRoutes(ports),
  ];
}
