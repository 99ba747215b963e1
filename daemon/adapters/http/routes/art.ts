// The route of pictures: as they were found, or at the size they are shown.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Context } from 'koa';
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId } from '../ids.ts';
import { leavingOf } from '../leaving.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { numberText, object, optional } from '../schema.ts';

/** Art never changes under its id, so it may be kept for a year. */
const FOR_A_YEAR = 'private, max-age=31536000, immutable';
const FOR_THIS_TIME = 'private, no-cache';

interface Sent {
  /** After what it is, so that another size is another one. */
  readonly tag: string;
  readonly type: string;
  readonly isFinal: boolean;
  readonly bytes: number;
  readonly body: () => object;
}

function send(ctx: Context, { tag, type, isFinal, bytes, body }: Sent): void {
  ctx.set('Cache-Control', isFinal ? FOR_A_YEAR : FOR_THIS_TIME);
  ctx.etag = tag;
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.type = type;
  ctx.length = bytes;
  ctx.body = body();
}

async function sendArt(
  ctx: Context,
  { door, artDir, cover }: HttpPorts,
  idText: string,
  size: number | undefined,
): Promise<Failure | undefined> {
  const art = parseId('a', idText);
  const [image] = art === null ? [] : door.query('Library', 'art', { art });
  // basename: a stored name can never lead out of the folder.
  const path = image === undefined ? null : join(artDir, basename(image.file));
  const info = path === null ? null : await stat(path).catch(() => null);
  if (image === undefined || path === null || info === null)
    return failure('NOT_FOUND', `There is no art "${idText}".`);
  const found = size === undefined ? null : await cover(path, info.size, size, leavingOf(ctx));
  if (found !== null && isFailure(found)) return found;
  // Files of art are named after their content.
  const content = basename(path, extname(path));
  if (found?.kind === 'sized') {
    const { jpeg } = found;
    const tag = `${content}-${found.size}`;
    send(ctx, { tag, type: 'image/jpeg', isFinal: true, bytes: jpeg.length, body: () => jpeg });
  } else {
    const isFinal = found?.isFinal ?? true;
    const body = () => createReadStream(path);
    send(ctx, { tag: content, type: image.mime, isFinal, bytes: info.size, body });
  }
  return undefined;
}

export function artRoutes(ports: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/art/:id',
      summary: 'The picture of a passage or an album; as it was found, or as a JPEG of about so many pixels',
      query: object({ size: optional(numberText({ min: 1, max: 4096, integer: true })) }),
      raw: (ctx, { params, query }) => sendArt(ctx, ports, params.id ?? '', query.size),
    }),
  ];
}
