// Failures on their way out: which status a code has, and the one form of every error body. Pure.
import type { Failure } from '../../../sync/vocabulary/common.ts';

/** Codes of the concepts and of this adapter. A code that is not listed is the caller's mistake: 400. */
const STATUS: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  BAD_RULE: 400,
  BAD_VALUE: 400,
  INVALID: 400,
  NOT_A_FOLDER: 400,
  OUT_OF_RANGE: 400,
  FORBIDDEN: 403,
  WRONG_CODE: 403,
  WRONG_HOST: 403,
  WRONG_ORIGIN: 403,
  NOT_FOUND: 404,
  NO_LYRICS: 404,
  NO_SUCH_ALARM: 404,
  NO_SUCH_ENTRY: 404,
  NO_SUCH_PASSAGE: 404,
  NO_SUCH_RULE: 404,
  NO_SUCH_TIMESLOT: 404,
  NO_SUCH_SCRIPT: 404,
  UNKNOWN_SETTING: 404,
  FILE_GONE: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_RUNNING: 409,
  BUSY: 409,
  CHANGED_MEANWHILE: 409,
  CUT_SHORT: 409,
  HELD: 409,
  NO_DEVICE: 409,
  NO_FLAVOR: 409,
  NO_SONG: 409,
  NOTHING_PLAYS: 409,
  QUEUE_FULL: 409,
  TOO_LATE: 409,
  TOO_MANY: 409,
  TOO_LARGE: 413,
  NOT_JSON: 415,
  UNREADABLE: 422,
  TOO_MANY_TRIES: 429,
  BACKUP_FAILED: 500,
  INTERNAL: 500,
  NO_ANSWER: 500,
  NOT_BUILT: 503,
  UNAVAILABLE: 503,
};

export function statusOf(code: string): number {
  return STATUS[code] ?? 400;
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown };
}

export function errorBody(failure: Failure): ErrorBody {
  const { error: code, message, details } = failure;
  return { error: details === undefined ? { code, message } : { code, message, details } };
}

export function failure<C extends string>(error: C, message: string, details?: unknown): Failure<C> {
  return details === undefined ? { error, message } : { error, message, details };
}

export function isFailure(value: object): value is Failure {
  return 'error' in value && typeof value.error === 'string' && 'message' in value;
}
