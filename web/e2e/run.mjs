// Browser tests against the real binary: `node web/e2e/run.mjs`. XIAOER_BIN names the binary, XIAOER_URL a server that runs already,
// XIAOER_SHOTS a folder for screenshots. Exit 1 if anything failed.
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { FLOWS } from './flows.mjs';
import { everyPage } from './pages.mjs';
import { startServer } from './server.mjs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`e2e: no browser at ${chromium} (Debian: apt-get install chromium fonts-noto-cjk), or set CHROMIUM`);
  process.exit(1);
}
const shots = process.env.XIAOER_SHOTS ?? mkdtempSync(join(tmpdir(), 'xiaoer-shots.'));
mkdirSync(shots, { recursive: true });

const server = process.env.XIAOER_URL ? { url: process.env.XIAOER_URL, stop: async () => undefined } : await startServer();
const browser = await launch();
const failures = [];
try {
  // Pages first: the flows change the market.
  if (process.env.XIAOER_ONLY !== 'flows') failures.push(...(await everyPage(browser, server.url, shots)));
  for (const [name, flow] of process.env.XIAOER_ONLY === 'pages' ? [] : FLOWS) {
    const begin = performance.now();
    let outcome = 'ok';
    try {
      const page = await flow(browser, server.url);
      failures.push(...page.faults.map((fault) => `${name}: ${fault}`));
      await page.screenshot({ path: join(shots, `flow-${FLOWS.findIndex(([n]) => n === name) + 1}.png`) });
    } catch (error) {
      outcome = 'FAILED';
      failures.push(`${name}: ${error.stack ?? error}`);
      for (const context of browser.contexts()) {
        for (const page of context.pages()) await page.screenshot({ path: join(shots, `failed-${failures.length}.png`) }).catch(() => undefined);
      }
    }
    for (const context of browser.contexts()) await context.close();
    console.log(`e2e: ${outcome.padEnd(6)} ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  }
} finally {
  await browser.close();
  await server.stop();
}
for (const failure of failures) console.error(`e2e: ${failure}`);
console.log(`e2e: ${failures.length} failures, screenshots in ${shots}`);
process.exit(failures.length === 0 ? 0 : 1);
