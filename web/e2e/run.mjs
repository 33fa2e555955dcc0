// Browser tests against the real binary: `node web/e2e/run.mjs`. XIAOER_BIN names the binary, XIAOER_URL a server that runs already,
// XIAOER_SHOTS a folder for pictures of every page, XIAOER_ONLY what is run: pages, pages=PART
// (those with PART in their name), budgets, flows, or a part of a flow's name. Exit 1 if anything failed.
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { budgets } from './budgets.mjs';
import { FLOWS } from './flows.mjs';
import { compare, readDump, render } from './golden.mjs';
import { everyPage } from './pages.mjs';
import { startServer } from './server.mjs';
import { STORIES } from './story.mjs';
import { TOUR } from './tour.mjs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`e2e: no browser at ${chromium} (Debian: apt-get install chromium fonts-noto-cjk), or set CHROMIUM`);
  process.exit(1);
}
const shots = process.env.XIAOER_SHOTS ?? mkdtempSync(join(tmpdir(), 'xiaoer-shots.'));
mkdirSync(shots, { recursive: true });

const [only, part = ''] = (process.env.XIAOER_ONLY ?? '').split('=');
const flows = [...FLOWS, ...TOUR, ...STORIES.map(([golden, story, how = '']) => [`${golden} ${how}`.trim(), story, golden])];
const wanted = ['pages', 'budgets'].includes(only) ? [] : flows.filter(([name]) => ['', 'flows'].includes(only) || name.includes(only));

const server = process.env.XIAOER_URL ? { url: process.env.XIAOER_URL, end: async () => undefined, clear: () => undefined } : await startServer();
const browser = await launch();
const failures = [];
/** Orders whose traces are compared with a golden text: `[text, order number]`. */
const told = [];

/** One flow; gives whether it went well. */
async function live([name, flow, golden], file) {
  try {
    const { pages, order } = await flow(browser, server.url);
    failures.push(...pages.flatMap((page) => page.faults.map((fault) => `${name}: ${fault}`)));
    await pages[0].screenshot({ path: join(shots, `${file}.png`) });
    if (golden) told.push([golden, order]);
    return true;
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const [i, page] of pages.entries()) await page.screenshot({ path: join(shots, `failed-${file}-${i}.png`) }).catch(() => undefined);
    return false;
  }
}

try {
  // Pages first: the flows change the market.
  if (['', 'pages'].includes(only)) failures.push(...(await everyPage(browser, server.url, process.env.XIAOER_SHOTS, part)));
  if (['', 'budgets'].includes(only)) failures.push(...(await budgets(browser, server.url).catch((error) => [`budgets: ${error.stack}`])));
  for (const context of browser.contexts()) await context.close();
  for (const [i, flow] of wanted.entries()) {
    const begin = performance.now();
    const outcome = (await live(flow, `flow-${i + 1}`)) ? 'ok' : 'FAILED';
    for (const context of browser.contexts()) await context.close();
    console.log(`e2e: ${outcome.padEnd(6)} ${flow[0]} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  }
  await browser.close();
  await server.end();
  if (told.length > 0 && server.dump) {
    const rows = readDump(server.dump());
    for (const [golden, order] of told) failures.push(...compare(golden, render(rows, order)));
    console.log(`e2e: ${told.length} stories compared with their golden texts`);
  }
} finally {
  await browser.close();
  await server.end();
  server.clear();
}
for (const failure of failures) console.error(`e2e: ${failure}`);
console.log(`e2e: ${failures.length} failures in ${(performance.now() / 1000).toFixed(0)} s, screenshots in ${shots}`);
process.exit(failures.length === 0 ? 0 : 1);
