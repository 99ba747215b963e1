// Who may do what over the network.
import { rule } from './rule.ts';

export const EnforceAccessWhenAsked = rule(
  'EnforceAccessWhenAsked',
  'Whoever asks over the network for more than to look is allowed what admins may, or what guests may, and refused all else.',
)
  .when('Access.ask', { token: '?token', right: '?right' })
  .where('Access.rights', ({ token }) => ({ token }), { right: '?right', role: '?role' })
  .thenDo('Access.allow', ({ token, role }) => ({ token, role }))
  .elseDo('Access.refuse', ({ right }) => ({ right }));

export const accessRules = [EnforceAccessWhenAsked];
