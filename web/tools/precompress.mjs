// Writes .br and .gz beside every built file that gets smaller by it; the server sends them as they are. HTML gets its nonce per response,
// so it stays as it is.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url).pathname;
const TYPES = new Set(['.js', '.css', '.svg', '.json', '.txt']);

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const sum = { files: 0, raw: 0, gz: 0, br: 0 };
for (const path of [...files(DIST)].filter((p) => TYPES.has(extname(p)))) {
  const raw = readFileSync(path);
  const gz = gzipSync(raw, { level: 9 });
  const br = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
  if (gz.length < raw.length) writeFileSync(`${path}.gz`, gz);
  if (br.length < raw.length) writeFileSync(`${path}.br`, br);
  sum.files += 1;
  sum.raw += raw.length;
  sum.gz += Math.min(gz.length, raw.length);
  sum.br += Math.min(br.length, raw.length);
}
const kb = (n) => `${(n / 1000).toFixed(0)} kB`;
console.log(`precompress: ${sum.files} files, ${kb(sum.raw)} raw, ${kb(sum.gz)} gz, ${kb(sum.br)} br`);
