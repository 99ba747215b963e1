// Which sheet is open over the page, if any.
import { createStore } from './store.ts';

export type Sheet =
  | { readonly kind: 'search' }
  | { readonly kind: 'rules' }
  | { readonly kind: 'bedside' }
  | { readonly kind: 'mood' }
  | { readonly kind: 'access' }
  | { readonly kind: 'why'; readonly entry: string }
  | null;

export const sheet = createStore<Sheet>(null);

export const openSearch = (): void => sheet.set({ kind: 'search' });
export const openRules = (): void => sheet.set({ kind: 'rules' });
export const openBedside = (): void => sheet.set({ kind: 'bedside' });
export const openMood = (): void => sheet.set({ kind: 'mood' });
export const openAccess = (): void => sheet.set({ kind: 'access' });
export const openWhy = (entry: string): void => sheet.set({ kind: 'why', entry });
export const closeSheet = (): void => sheet.set(null);
