// Demo library: makes the folder that its pieces are composed into. Worker process.
import { mkdir } from 'node:fs/promises';
import type { MediaTools } from '../../audio/media.ts';

export interface ComposeOptions {
  readonly dir: string;
  readonly media: MediaTools;
  /** Told of each piece when it is complete, by its path inside the folder. */
  readonly onPiece: (path: string) => Promise<void>;
}

export async function composeDemoLibrary({ dir }: ComposeOptions): Promise<void> {
  await mkdir(dir, { recursive: true });
}
