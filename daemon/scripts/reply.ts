// What a request below /x/ is answered with. Pure.

/** null body: none. */
export interface ScriptReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export const errorReply = (
  status: number,
  code: string,
  message: string,
  details?: unknown,
): ScriptReply => ({
  status,
  body: { error: { code, message, ...(details === undefined ? {} : { details }) } },
  headers: {},
});

export const notFound = (path: string) => errorReply(404, 'NOT_FOUND', `No script answers at ${path}.`);
