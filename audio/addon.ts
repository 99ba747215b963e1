// Loads the native addon, from a checkout or from dist. Throws a sentence that says what to do.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { MediaTools } from './media.ts';

const candidates = ['../build/native/segue.node', '../../build/native/segue.node'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The addon's exports; the engine's half is typed where it is wrapped (native-engine.ts). */
export function loadAddon(): Record<string, unknown> {
  const path = process.env.SEGUE_ADDON ?? candidates.find((candidate) => existsSync(candidate));
  if (!path) throw new Error('The native addon is not built. Run "npm run build" first.');
  return createRequire(import.meta.url)(path) as Record<string, unknown>;
}

export function mediaTools(): MediaTools {
  return loadAddon().media as MediaTools;
}

/** For a process that stays: what the C allocator has freed goes back to the system. Once, at its start. */
export function returnFreedMemory(): void {
  (loadAddon() as { returnFreedMemory(): void }).returnFreedMemory();
}

/** What is free but was not given back, because something in use lies behind it. Takes a few milliseconds. */
export function trimFreedMemory(): void {
  (loadAddon() as { trimFreedMemory(): void }).trimFreedMemory();
}

/** Pages of Node's code that only the start needed are not kept mapped. Takes a millisecond. */
export function releaseCode(): void {
  (loadAddon() as { releaseCode(): void }).releaseCode();
}

/** A message to the service manager's socket: 0, or the number of the error. Never waits. */
export function tellService(socket: string, message: string): number {
  return (loadAddon() as { tellService(socket: string, message: string): number }).tellService(
    socket,
    message,
  );
}
