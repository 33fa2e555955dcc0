// Browser tests against the real binary: `node web/e2e/run.mjs`. XIAOER_BIN names the binary, XIAOER_URL a server that runs already,
// XIAOER_SHOTS a folder for pictures of every page, XIAOER_ONLY what is run: pages, pages=PART
// (those with PART in their name), budgets, flows, or a part of a flow's name. Exit 1 if anything failed.
// Flows go in two lanes, each with a browser and a market of its own; on a server that runs already, one after the other.
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
import { aCompanyIsVerified } from './verification.mjs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`e2e: no browser at ${chromium} (Debian: apt-get install chromium fonts-noto-cjk), or set CHROMIUM`);
  process.exit(1);
}
const shots = process.env.XIAOER_SHOTS ?? mkdtempSync(join(tmpdir(), 'xiaoer-shots.'));
mkdirSync(shots, { recursive: true });

const [only, part = ''] = (process.env.XIAOER_ONLY ?? '').split('=');
const running = process.env.XIAOER_URL && { url: process.env.XIAOER_URL, end: async () => undefined, clear: () => undefined };
const failures = [];

/** Two lanes of about the same length: what turns the clock of its market, and a company's long way in; the rest. */
function lanes() {
  const wanted = ([name]) => !['pages', 'budgets'].includes(only) && (['', 'flows'].includes(only) || name.includes(only));
  const [long, short] = [FLOWS.filter(([, flow]) => flow === aCompanyIsVerified), FLOWS.filter(([, flow]) => flow !== aCompanyIsVerified)];
  const stories = STORIES.map(([golden, story, how = '']) => [`${golden} ${how}`.trim(), story, golden]);
  const [here, beside] = [[...short, ...TOUR], [...stories, ...long]].map((flows) => flows.filter(wanted));
  return running || here.length === 0 ? [[...here, ...beside], []] : [here, beside];
}

/** One flow, with a picture of its end; gives the order whose trace a golden text tells, if one does. */
async function live(browser, url, [name, flow, golden]) {
  const begin = performance.now();
  const file = name.replaceAll(/\W+/g, '-');
  let [outcome, told] = ['FAILED', []];
  try {
    const { pages, order } = await flow(browser, url);
    failures.push(...pages.flatMap((page) => page.faults.map((fault) => `${name}: ${fault}`)));
    await pages[0].screenshot({ path: join(shots, `flow-${file}.png`) });
    [outcome, told] = ['ok', golden ? [[golden, order]] : []];
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const [i, page] of pages.entries()) await page.screenshot({ path: join(shots, `failed-${file}-${i}.png`) }).catch(() => undefined);
  }
  for (const context of browser.contexts()) await context.close();
  console.log(`e2e: ${outcome.padEnd(6)} ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  return told;
}

/** One flow after the other; gives all orders told of, `[golden text, order number]`. */
async function liveAll(browser, url, flows) {
  const told = [];
  for (const flow of flows) told.push(...(await live(browser, url, flow)));
  return told;
}

/** `work` with a browser and a market of its own; what it tells of is compared with the golden texts when the market has ended. */
async function inAMarket(work) {
  const server = running || (await startServer());
  const browser = await launch();
  try {
    const told = await work(browser, server.url);
    await browser.close();
    await server.end();
    if (told.length === 0 || !server.dump) return;
    const rows = readDump(server.dump());
    for (const [golden, order] of told) failures.push(...compare(golden, render(rows, order)));
    console.log(`e2e: ${told.length} stories compared with their golden texts`);
  } finally {
    await browser.close();
    await server.end();
    server.clear();
  }
}

const [here, beside] = lanes();
await inAMarket(async (browser, url) => {
  // Pages first: the flows change the market.
  if (['', 'pages'].includes(only)) failures.push(...(await everyPage(browser, url, process.env.XIAOER_SHOTS, part)));
  if (['', 'budgets'].includes(only)) failures.push(...(await budgets(browser, url).catch((error) => [`budgets: ${error.stack}`])));
  for (const context of browser.contexts()) await context.close();
  const [told] = await Promise.all([liveAll(browser, url, here), beside.length > 0 && inAMarket((other, there) => liveAll(other, there, beside))]);
  return told;
});
for (const failure of failures) console.error(`e2e: ${failure}`);
console.log(`e2e: ${failures.length} failures in ${(performance.now() / 1000).toFixed(0)} s, screenshots in ${shots}`);
process.exit(failures.length === 0 ? 0 : 1);
