// The answers of the API that several commands read.
import type { Status } from '../adapters/http/shapes.ts';
import type { Reply } from './client.ts';
import type { Io } from './io.ts';

export type {
  AudioStats,
  AudioTestReport,
  Card,
  Check,
  Entry,
  History,
  Import,
  MemoryParts,
  Queue,
  Status,
  Why,
} from '../adapters/http/shapes.ts';

export function publicStatus(io: Io): Promise<Reply<Status>> {
  return io.client.get('/api/v1/status');
}
