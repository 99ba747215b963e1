// Routes for the owner's rules: which there are, what is wrong with one, on and off, and what one would have done.
import { failure } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { boolean, number, object, optional, text } from '../schema.ts';

const ruleText = text({ minLength: 1, maxLength: 262_144 });
const ruleName = text({ minLength: 1, maxLength: 64 });
const defaultHours = 168;

export function ruleRoutes({ rules }: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/rules',
      summary: "The owner's rules, their files and what is wrong with them",
      run: () => rules.list(),
    }),
    route('POST', {
      path: '/api/v1/rules/check',
      summary: 'What is wrong with the text of a rule file',
      right: 'admin',
      body: object({ text: ruleText }),
      run: ({ body }) => rules.check(body.text),
    }),
    route('POST', {
      path: '/api/v1/rules/test',
      summary: 'What a rule would have done in the flows that are recorded; changes nothing',
      right: 'admin',
      body: object({
        text: optional(ruleText),
        name: optional(ruleName),
        hours: optional(number({ min: 0.1, max: 8760 })),
      }),
      run({ body: { text: given, name, hours = defaultHours } }) {
        if (given !== undefined && name === undefined) return rules.test({ text: given }, hours);
        if (name !== undefined && given === undefined) return rules.test({ name }, hours);
        return failure('BAD_REQUEST', 'Give either the text of a rule file or the name of a rule.');
      },
    }),
    route('PUT', {
      path: '/api/v1/rules/:name',
      summary: 'Switch a rule on or off; it stays so',
      right: 'admin',
      body: object({ enabled: boolean() }),
      run: ({ params: { name = '' }, body, origin }) => rules.setEnabled(name, body.enabled, origin),
    }),
  ];
}
