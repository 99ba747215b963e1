// The route that describes all others, those of the owner's scripts too.
import { describeApi } from '../openapi.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';

export function descriptionRoutes({ scripts, version }: HttpPorts, routes: () => readonly Route[]): Route[] {
  return [
    route('GET', {
      path: '/api/openapi.json',
      summary: 'This API as OpenAPI 3.1, with the routes of your scripts',
      run: () => describeApi(version, routes(), scripts.routes()),
    }),
  ];
}
