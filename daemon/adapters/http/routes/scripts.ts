// Routes for the owner's scripts: what they define, and what is wrong with them. Their own routes are below /x/.
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { boolean, object } from '../schema.ts';

export function scriptRoutes({ scripts }: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/scripts',
      summary: "The owner's scripts: rules, routes, what is wrong with them and what is switched off",
      run: () => scripts.list(),
    }),
    route('PUT', {
      path: '/api/v1/scripts/:file',
      summary: 'Switch a script on or off, with all it defines; it stays so',
      right: 'admin',
      body: object({ enabled: boolean() }),
      run: ({ params: { file = '' }, body, origin }) => scripts.setEnabled(file, body.enabled, origin),
    }),
  ];
}
