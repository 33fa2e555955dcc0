// Fails when a route's first visit costs more JavaScript than tools/budgets.json allows. Counts every chunk the route needs once.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const at = (path) => new URL(`../${path}`, import.meta.url).pathname;
const budgets = JSON.parse(readFileSync(at('tools/budgets.json'), 'utf8'));
const manifest = JSON.parse(readFileSync(at('dist/manifest.json'), 'utf8'));

/** The chunk and everything it imports at once; lazy imports are another visit's. */
function closure(name, seen = new Set()) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`budgets: ${name} is not in dist/manifest.json`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const other of chunk.imports ?? []) closure(other, seen);
  return seen;
}

const gz = (file) => gzipSync(readFileSync(at(`dist/${file}`)), { level: 9 }).length;
let failed = 0;
const check = (name, bytes, limit) => {
  const kb = bytes / 1000;
  const isOver = kb > limit;
  if (isOver) failed += 1;
  console.log(`budget ${name.padEnd(12)} ${kb.toFixed(1).padStart(7)} of ${limit} kB${isOver ? '  TOO MUCH' : ''}`);
};

for (const [name, route] of Object.entries(budgets.routes)) {
  const files = new Set();
  for (const chunk of [route.entry, ...route.chunks]) for (const file of closure(chunk)) files.add(file);
  check(name, [...files].filter((f) => f.endsWith('.js')).reduce((sum, f) => sum + gz(f), 0), route.js);
}

const walk = (folder) => readdirSync(folder).flatMap((n) => (statSync(join(folder, n)).isDirectory() ? walk(join(folder, n)) : [join(folder, n)]));
const all = walk(at('dist'));
const small = (path) => (all.includes(`${path}.br`) ? statSync(`${path}.br`).size : statSync(path).size);
check('dist (br)', all.filter((p) => !p.endsWith('.br') && !p.endsWith('.gz')).reduce((sum, p) => sum + small(p), 0), budgets.dist_br);
process.exit(failed === 0 ? 0 : 1);
