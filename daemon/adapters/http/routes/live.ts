// Routes for watching: live events, the developers' door, Prometheus.
import type { Context } from 'koa';
import { errorBody, failure, statusOf } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { prometheusText } from '../prometheus.ts';
import { type Route, route } from '../route.ts';
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
    "The developers' door is closed: segue settings set dev_interface true.",
  );
  /** The local socket is the owner's own: it needs no leave. */
  const mayEnter = (door: string) => door === 'socket' || dev.isOpen();
  const guarded = (run: () => object, door: string) => (mayEnter(door) ? run() : closed);
  const noRule = (name: string) => failure('NOT_FOUND', `There is no rule "${name}": GET /dev/syncs.`);
  const noFlow = (id: string) =>
    failure('NOT_FOUND', `Flow "${id}" is not kept (any more): GET /dev/flows lists those that are.`);

  return [
    route('GET', {
      path: '/dev/syncs',
      summary: 'The rules with their counters',
      run: ({ origin }) => guarded(() => ({ syncs: dev.rules() }), origin.door),
    }),
    route('GET', {
      path: '/dev/syncs/:name/metrics',
      summary: 'The counters of one rule',
      run: ({ params, origin }) =>
        guarded(() => {
          const found = dev.rules().find((rule) => rule.name === params.name);
          return found ?? noRule(params.name ?? '');
        }, origin.door),
    }),
    route('GET', {
      path: '/dev/flows',
      summary: 'The latest flows',
      query: object({ limit: optional(numberText({ min: 1, max: 1000, integer: true })) }),
      run: ({ query, origin }) => guarded(() => ({ flows: dev.flows(query.limit ?? 50) }), origin.door),
    }),
    route('GET', {
      path: '/dev/flows/:id',
      summary: 'One flow as a tree, or as Graphviz with ?format=dot',
      query: object({ format: optional(oneOf('json', 'dot')) }),
      raw(ctx, { params, query, origin }) {
        const id = params.id ?? '';
        const isDot = query.format === 'dot';
        const found = !mayEnter(origin.door) ? closed : isDot ? dev.flowAsDot(id) : dev.flow(id);
        const answer = found ?? noFlow(id);
        if (typeof answer === 'string') ctx.type = 'text/vnd.graphviz; charset=utf-8';
        const isError = answer === closed || found === null;
        if (isError) ctx.status = statusOf(answer === closed ? 'FORBIDDEN' : 'NOT_FOUND');
        ctx.body = isError ? errorBody(answer as ReturnType<typeof noFlow>) : answer;
      },
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
      raw(ctx) {
        ctx.type = 'text/plain; version=0.0.4; charset=utf-8';
        ctx.body = prometheusText({
          audio: ports.audioStats(),
          rules: ports.dev.rules(),
          hub: ports.hub.counts(),
          isHealthy: healthView(ports.door).ok,
        });
      },
    }),
    ...devRoutes(ports),
  ];
}
