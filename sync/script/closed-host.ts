// Stands in the place of a host that is closed, so that whoever still knows the script (flows in the trace know the rules
// that were) keeps nothing of its state. Pure.
import { ScriptFailure, type ScriptHost } from './host.ts';

export function closedHost(file: string): ScriptHost {
  const closed = () => new ScriptFailure('CLOSED', `${file}: this script is closed`);
  return {
    load: closed,
    definitions: closed,
    shape: closed,
    call: closed,
    callRow: closed,
    hold: closed,
    callHeld: closed,
    release() {},
    serve: closed,
    takeLog: () => '',
    usedBytes: () => 0,
    close() {},
  };
}
