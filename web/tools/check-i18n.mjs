// Every text a key, every key in both languages with the same parameters, every key used, no Chinese outside i18n/.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = new URL('..', import.meta.url).pathname;
const CJK = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;

const walk = (folder) =>
  readdirSync(folder).flatMap((n) => (statSync(join(folder, n)).isDirectory() ? walk(join(folder, n)) : [join(folder, n)]));

function flatten(value, prefix) {
  return Object.entries(value).flatMap(([k, v]) => (typeof v === 'string' ? [[`${prefix}.${k}`, v]] : flatten(v, `${prefix}.${k}`)));
}

export function texts(folder) {
  const files = readdirSync(folder).filter((n) => n.endsWith('.json'));
  return new Map(files.flatMap((n) => flatten(JSON.parse(readFileSync(join(folder, n), 'utf8')), basename(n, '.json'))));
}

const params = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(',');

/** What differs between two languages. */
export function differences(zh, en) {
  const found = [];
  for (const [key, text] of zh) {
    const other = en.get(key);
    if (other === undefined) found.push(`en: ${key} is missing`);
    else if (params(text) !== params(other)) found.push(`en: ${key} has other parameters than zh-CN`);
  }
  for (const [key, text] of en) {
    if (!zh.has(key)) found.push(`zh-CN: ${key} is missing`);
    if (CJK.test(text) && key !== 'kit.language' && key !== 'portal.language') found.push(`en: ${key} holds Chinese text`);
  }
  return found;
}

/** Keys that no source names; groups reached by a computed key (`words.`) are used as a whole. */
export function unused(keys, sources) {
  const all = sources.join('\n');
  return keys.filter((key) => !key.startsWith('words.') && !all.includes(`'${key}'`));
}

/** Lines with Chinese text outside a comment. */
export function literals(path, source) {
  const bare = source.replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' ')).replace(/(^|[^:])\/\/.*$/gm, '$1');
  return bare.split('\n').flatMap((line, i) => (CJK.test(line) ? [`${path}:${i + 1}: Chinese text outside i18n/`] : []));
}

function main() {
  const zh = texts(join(ROOT, 'src/i18n/zh-CN'));
  const en = texts(join(ROOT, 'src/i18n/en'));
  const files = [...walk(join(ROOT, 'src')), ...walk(join(ROOT, 'portal'))].filter((p) => /\.(ts|tsx|css)$/.test(p));
  const shipped = files.filter((p) => !p.includes('/i18n/') && !/\.test\.tsx?$/.test(p) && !p.includes('/fixtures/'));
  const sources = shipped.map((p) => readFileSync(p, 'utf8'));
  const computed = [/^packs\.(clocks|rules|graph|check)$/];
  const found = [
    ...differences(zh, en),
    ...shipped.flatMap((p, i) => literals(p.slice(ROOT.length), sources[i])),
    ...unused([...zh.keys()], sources).filter((key) => !computed.some((c) => c.test(key))).map((key) => `zh-CN: ${key} is not used`),
  ];
  for (const line of found) console.error(line);
  console.log(`i18n: ${zh.size} keys in 2 languages, ${found.length} findings`);
  process.exit(found.length === 0 ? 0 : 1);
}

if (process.argv[1] && import.meta.url.endsWith(basename(process.argv[1]))) main();
