// Routes for watching: live events, the rules as sentences, Prometheus.
import type { Context } from 'koa';
import type { HttpPorts } from '../ports.ts';
import { prometheusText } from '../prometheus.ts';
import { type Route, route, TextReply } from '../route.ts';
import { object, optional, text } from '../schema.ts';
import { healthView, rulesView } from '../views.ts';

function sendEvents(ctx: Context, { hub }: HttpPorts, lastEventId: string | undefined): void {
  const header = ctx.get('Last-Event-ID');
  // The hub writes to the response from now on, for as long as the client stays.
  ctx.respond = false;
  hub.connect(ctx.res, header === '' ? lastEventId : header);
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
      path: '/api/v1/rules/all',
      summary: 'Every rule as a sentence, with how often it fired and when last',
      run: () => ({ rules: rulesView(ports.dev) }),
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
  ];
}
