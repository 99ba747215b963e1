// For work that takes a while and is for one client alone: it ends when its client leaves.
import type { Context } from 'koa';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { errorBody, isFailure, statusOf } from './errors.ts';

/** Aborted when the client leaves, or has its answer. */
export function leavingOf(ctx: Context): AbortSignal {
  const leaving = new AbortController();
  ctx.res.once('close', () => leaving.abort());
  return leaving.signal;
}

/** Answers with what `work` gives; its signal is aborted when the client leaves before that. */
export async function answerWhileThere(
  ctx: Context,
  work: (signal: AbortSignal) => Promise<object | Failure>,
): Promise<void> {
  const answer = await work(leavingOf(ctx));
  if (isFailure(answer)) {
    ctx.status = statusOf(answer.error);
    ctx.body = errorBody(answer);
  } else ctx.body = answer;
}
