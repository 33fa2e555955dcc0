// Files ≤ 400 lines, functions ≤ 70; only kit/ticker.ts reads the wall clock; a capability imports no other capability.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = new URL('..', import.meta.url).pathname;
const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const CLOCK = 'src/kit/ticker.ts';

const walk = (folder) =>
  readdirSync(folder).flatMap((n) => (statSync(join(folder, n)).isDirectory() ? walk(join(folder, n)) : [join(folder, n)]));

function functions(source, path) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const found = [];
  const lineOf = (pos) => file.getLineAndCharacterOfPosition(pos).line + 1;
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const [from, to] = [lineOf(node.getStart()), lineOf(node.getEnd())];
      if (to - from + 1 > FUNCTION_LINES_MAX) found.push(`${path}:${from}: a function of ${to - from + 1} lines (at most ${FUNCTION_LINES_MAX})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

export function findings(path, source) {
  const found = [];
  const isTest = /\.test\.tsx?$/.test(path);
  const lines = source.split('\n').length - 1;
  if (lines > FILE_LINES_MAX) found.push(`${path}: ${lines} lines (at most ${FILE_LINES_MAX})`);
  if (!isTest) found.push(...functions(source, path));
  if (!isTest && path !== CLOCK && /Date\.now\(|new Date\(\)|performance\.now\(/.test(source)) found.push(`${path}: reads the clock, only ${CLOCK} may`);
  const own = /^src\/capabilities\/(\w+)\//.exec(path)?.[1];
  for (const [, other] of source.matchAll(/from '@\/capabilities\/(\w+)\//g)) {
    if (own && other !== own) found.push(`${path}: imports the capability ${other}`);
  }
  if (/dangerouslySetInnerHTML|\.innerHTML\s*=/.test(source)) found.push(`${path}: sets HTML`);
  return found;
}

const paths = [...walk(join(ROOT, 'src')), ...walk(join(ROOT, 'portal'))].filter((p) => /\.tsx?$/.test(p));
const found = paths.flatMap((p) => findings(p.slice(ROOT.length), readFileSync(p, 'utf8')));
for (const line of found) console.error(line);
console.log(`size: ${paths.length} files, ${found.length} findings`);
process.exit(found.length === 0 ? 0 : 1);
