// A door with a fake radio behind it: what the adapters are given in tests.
import type { Door, Origin } from '../../sync/door.ts';
import type { FakeRadio } from './fake-radio.ts';

export function createFakeDoor(radio: FakeRadio): Door {
  async function act(name: string, input: unknown, origin: Origin): Promise<never> {
    radio.calls.push({ name, input, origin });
    const own = radio.answers.get(name);
    return (own ? own(input as never) : radio.act(name, input as Record<string, unknown>)) as never;
  }
  return {
    run: (concept, action, input, origin) => act(`${concept}.${action}`, input, origin),
    request: (concept, action, input, _answeredBy, origin) => act(`${concept}.${action}`, input, origin),
    query(concept, query, input) {
      const own = radio.answers.get(`${concept}.${query}`);
      const rows = own
        ? own(input as never)
        : radio.ask(`${concept}.${query}`, input as Record<string, unknown>);
      return rows as never;
    },
  };
}
