// The words of who may do what. Pure.
import type { Session } from '../../../adapters/http/shapes.ts';

/** What this page may do, and why. */
export function mayText({ role, rights, claimed }: Session): string {
  if (role === 'admin') return 'You are admin here: you may do everything.';
  if (!claimed) return 'Nobody is admin yet, so whoever opens this page may do everything.';
  if (rights.includes('admin')) return 'You are a guest here, and guests may do everything.';
  if (rights.includes('control'))
    return 'You are a guest here: what plays, the queue and the mood are yours; how Segue works is for an admin.';
  return 'You are a guest here: you may look.';
}

/** What a device is called in the list of sessions, by what its browser says of itself. */
export function deviceName(userAgent: string): string {
  const kinds = ['iPhone', 'iPad', 'Android', 'Windows', 'Macintosh', 'Linux'];
  const found = kinds.find((kind) => userAgent.includes(kind));
  const name = found === 'Macintosh' ? 'Mac' : (found ?? 'browser');
  return /^[AEIOUi]/.test(name) ? `an ${name}` : `a ${name}`;
}
