// Outbox: sends rows to the daemon, one message at a time, in batches of the size it asks for. Worker process.
import type { AnalysedFile, ImportedFile } from '../../sync/vocabulary/library.ts';
import type { FromWorker, Rows } from '../concepts/import/worker-port.ts';

export interface Outbox {
  /** Resolves when there is room for more. */
  file(file: ImportedFile): Promise<void>;
  /** `bytes`: how large the file is. */
  analysed(file: AnalysedFile, bytes: number): Promise<void>;
  /** Rows that are a message of their own; what was collected before them goes first. */
  rows(message: Rows): Promise<void>;
  /** Resolves when everything is stored. */
  flush(): Promise<void>;
  /** The daemon has stored the last message, and wants this many rows in the next. */
  acknowledged(rows: number): void;
}

export function createOutbox(send: (message: FromWorker) => void, firstRows = 1): Outbox {
  let wantedRows = firstRows;
  let files: ImportedFile[] = [];
  let analysed: AnalysedFile[] = [];
  let analysedBytes = 0;
  let storing: { readonly done: Promise<void>; resolve(): void } | null = null;

  async function post(message: Rows): Promise<void> {
    while (storing !== null) await storing.done;
    let resolve = () => {};
    const done = new Promise<void>((fulfil) => {
      resolve = fulfil;
    });
    storing = { done, resolve };
    send(message);
  }

  /** Sends what was collected; the next batch is collected while this one is stored. */
  async function postCollected(): Promise<void> {
    if (files.length > 0) {
      const batch = files;
      files = [];
      await post({ type: 'files', files: batch });
    }
    if (analysed.length > 0) {
      const message = { type: 'analysed', files: analysed, bytes: analysedBytes } as const;
      analysed = [];
      analysedBytes = 0;
      await post(message);
    }
  }

  return {
    async file(file) {
      files.push(file);
      if (files.length >= wantedRows) await postCollected();
    },
    async analysed(file, bytes) {
      analysed.push(file);
      analysedBytes += bytes;
      // Measuring takes long: one row never waits for more than the next few.
      if (analysed.length >= Math.min(wantedRows, 4)) await postCollected();
    },
    async rows(message) {
      await postCollected();
      await post(message);
    },
    async flush() {
      await postCollected();
      while (storing !== null) await storing.done;
    },
    acknowledged(rows) {
      wantedRows = rows;
      const last = storing;
      storing = null;
      last?.resolve();
    },
  };
}
