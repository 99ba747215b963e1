// The built panel as files: read once at the first request, sent as they are precompressed. Main thread.
// Only names found in the folder are ever opened, so no path can lead out of it.
import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'koa';

type Encoding = 'br' | 'gzip' | 'identity';
interface Asset {
  readonly type: string;
  readonly isImmutable: boolean;
  readonly etag: string;
  readonly bytes: Partial<Record<Encoding, Buffer>>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
};
const SUFFIX: Readonly<Record<string, Encoding>> = { '.br': 'br', '.gz': 'gzip' };

/** Nothing from elsewhere, nothing inline, nobody frames us. Art is ours or a blob of the page's own. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = 'The panel is not built. Run "npm run build", then load this page again.\n';

export interface StaticFiles {
  /** Answers when the path is one of the panel's. */
  serve(ctx: Context): boolean;
}

export function createStaticFiles(folder: string): StaticFiles {
  let assets: Map<string, Asset> | null = null;

  return {
    serve(ctx) {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
      if (assets === null || assets.size === 0) assets = load(folder);
      const path = ctx.path === '/' ? '/index.html' : ctx.path;
      const asset = assets.get(path);
      if (asset !== undefined) send(ctx, asset);
      else if (path === '/index.html') {
        ctx.status = 503;
        ctx.type = 'text/plain; charset=utf-8';
        ctx.body = NOT_BUILT;
      } else return false;
      return true;
    },
  };
}

function send(ctx: Context, asset: Asset): void {
  ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  ctx.set('Cache-Control', asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.set('Vary', 'Accept-Encoding');
  ctx.etag = asset.etag;
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  const available = (['br', 'gzip', 'identity'] as const).filter((each) => asset.bytes[each] !== undefined);
  const chosen = (ctx.acceptsEncodings(...available) || 'identity') as Encoding;
  if (chosen !== 'identity') ctx.set('Content-Encoding', chosen);
  ctx.type = asset.type;
  ctx.body = asset.bytes[chosen] ?? asset.bytes.identity;
}

function load(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  const files = list(folder, '');
  for (const file of files) {
    if (Object.keys(SUFFIX).some((suffix) => file.endsWith(suffix))) continue;
    const identity = readFileSync(join(folder, file));
    const bytes: Asset['bytes'] = { identity };
    for (const [suffix, encoding] of Object.entries(SUFFIX))
      if (files.includes(`${file}${suffix}`))
        bytes[encoding] = readFileSync(join(folder, `${file}${suffix}`));
    const extension = file.slice(file.lastIndexOf('.') + 1);
    assets.set(`/${file}`, {
      type: TYPES[extension] ?? 'application/octet-stream',
      // The build puts a hash of the content into the name of every asset.
      isImmutable: file.startsWith('assets/'),
      etag: etagOf(identity),
      bytes,
    });
  }
  return assets;
}

function list(folder: string, under: string): string[] {
  let found: Dirent[];
  try {
    found = readdirSync(join(folder, under), { withFileTypes: true });
  } catch {
    return [];
  }
  return found.flatMap((each) => {
    const name = under === '' ? each.name : `${under}/${each.name}`;
    return each.isDirectory() ? list(folder, name) : each.isFile() ? [name] : [];
  });
}

function etagOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}
