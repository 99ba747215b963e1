// Routes of the developers' door: rules and their counters, the trace and questions to it. They only read.
import type { Origin } from '../../../../sync/door.ts';
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import { failure } from '../errors.ts';
import type { HttpPorts, LineageOf } from '../ports.ts';
import { type Route, route, TextReply } from '../route.ts';
import { fitting, numberText, object, oneOf, optional, text } from '../schema.ts';

const GRAPHVIZ = 'text/vnd.graphviz; charset=utf-8';
const name = text({ minLength: 1, maxLength: 100 });
const what = fitting(/^[A-Za-z]\w*\.\w+$/, 'must be Concept.action or Concept.event, such as Queue.enqueue');
const flowId = fitting(/^[\w-]+-\d+$/, 'must be the id of a flow, such as 45170f57-31');
const moment = numberText({ min: 0, integer: true });
const filters = { rule: optional(name), what: optional(what) };

export function devRoutes({ dev, flowStream }: HttpPorts): Route[] {
  const closed = failure(
    'FORBIDDEN',
    "The developers' door is closed: segue settings set dev_interface true",
  );
  /** The local socket is the owner's own: it needs no leave; nor does an admin. */
  const guarded = <T>(origin: Origin, run: () => T): T | Failure =>
    origin.door === 'socket' || origin.who === 'admin' || dev.isOpen() ? run() : closed;
  const noRule = (rule: string) => failure('NOT_FOUND', `There is no rule "${rule}": GET /dev/syncs.`);
  const noFlow = (id: string) =>
    failure('NOT_FOUND', `Flow "${id}" is not kept (any more): GET /dev/flows lists those that are.`);
  const noRecord = (id: string) =>
    failure(
      'NOT_FOUND',
      `Record "${id}" is not kept (any more). It is named as in a flow: "45170f57-31.2", or "45170f57-31" for its root.`,
    );
  const lineage = (id: string, found: LineageOf | undefined, format: string | undefined) => {
    if (found === undefined) return noRecord(id);
    if (format === 'dot') return new TextReply(GRAPHVIZ, dev.asDot(id, found.records));
    return { ...found, text: dev.asText(found.records) };
  };

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
      run: ({ params: { name: rule = '' }, origin }) =>
        guarded(origin, () => dev.ruleMetrics(rule) ?? noRule(rule)),
    }),
    route('GET', {
      path: '/dev/flows',
      summary: 'Flows by rule, by what happened and by time, newest first',
      query: object({
        ...filters,
        sinceMs: optional(moment),
        untilMs: optional(moment),
        limit: optional(numberText({ min: 1, max: 1000, integer: true })),
        before: optional(flowId),
      }),
      run: ({ query: { limit = 50, before = null, ...filter }, origin }) =>
        guarded(origin, () => {
          const { sinceMs, untilMs } = filter;
          if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs)
            return failure('BAD_REQUEST', 'sinceMs must not lie after untilMs.');
          return dev.flows(filter, { limit, before });
        }),
    }),
    route('GET', {
      path: '/dev/flows/:id',
      summary: 'One flow: its records, and the tree as text; or Graphviz with ?format=dot',
      query: object({ format: optional(oneOf('json', 'dot')) }),
      run: ({ params: { id = '' }, query, origin }) =>
        guarded(origin, () => {
          const flow = dev.flow(id);
          if (flow === undefined) return noFlow(id);
          return query.format === 'dot'
            ? new TextReply(GRAPHVIZ, dev.asDot(flow.id, flow.records))
            : { ...flow, tree: dev.asTree(flow) };
        }),
    }),
    route('GET', {
      path: '/dev/records/:id/causes',
      summary: 'What led to a record, back to what came from outside, across flows',
      query: object({ format: optional(oneOf('json', 'dot')) }),
      run: ({ params: { id = '' }, query, origin }) =>
        guarded(origin, () => lineage(id, dev.causes(id), query.format)),
    }),
    route('GET', {
      path: '/dev/records/:id/effects',
      summary: 'Everything that followed from a record, across flows',
      query: object({ format: optional(oneOf('json', 'dot')) }),
      run: ({ params: { id = '' }, query, origin }) =>
        guarded(origin, () => lineage(id, dev.effects(id), query.format)),
    }),
    route('GET', {
      path: '/dev/trace',
      summary: 'What is recorded, how much of it is kept, and what is written to disk for it',
      run: ({ origin }) => guarded(origin, () => dev.traceSize()),
    }),
    route('GET', {
      path: '/dev/events/stream',
      summary: 'Every flow as it ends (SSE)',
      query: object(filters),
      raw: (ctx, { query, origin }) =>
        guarded(origin, () => {
          // The stream writes to the response from now on, for as long as the client stays.
          ctx.respond = false;
          flowStream.connect(ctx.res, (flow) => dev.fits(flow, query));
          return undefined;
        }),
    }),
  ];
}
