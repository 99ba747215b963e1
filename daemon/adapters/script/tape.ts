// Reads the tape of the Lua host (native/addon/lua_tape.cc): numbers and texts become plain values.
import type { ScriptValue } from '../../../sync/script/host.ts';

/** Gives a function that makes the value that is on the tape now. */
export function tapeReader(tape: Float64Array, texts: readonly string[]): () => ScriptValue {
  let at = 0;
  const next = () => tape[at++] as number;

  function read(): ScriptValue {
    switch (next()) {
      case 1:
        return false;
      case 2:
        return true;
      case 3:
        return next();
      case 4:
        return texts[next()] as string;
      case 5: {
        const count = next();
        const list: ScriptValue[] = [];
        for (let i = 0; i < count; i++) list.push(read());
        return list;
      }
      case 6: {
        const count = next();
        const object: Record<string, ScriptValue> = {};
        for (let i = 0; i < count; i++) {
          const name = texts[next()] as string;
          // As JSON.parse does: a field of that name, not the prototype.
          if (name === '__proto__') Object.defineProperty(object, name, { value: read(), enumerable: true });
          else object[name] = read();
        }
        return object;
      }
      default:
        return null;
    }
  }

  return () => {
    at = 0;
    return read();
  };
}
