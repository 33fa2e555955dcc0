// Chromium, people who are logged in, axe, and the watch for what must never happen (script errors, blocked content).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
export const PASSWORD = 'demo';
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** A page of somebody (`login`, or nobody) with language, theme and size; `page.faults` gathers what must not happen. */
export async function open(browser, url, { login = null, lang = 'zh-CN', theme = 'light', size = WIDE } = {}) {
  // A colour on its way to another has a contrast of its own.
  const context = await browser.newContext({ viewport: size, locale: lang, baseURL: url, reducedMotion: 'reduce', permissions: ['clipboard-write', 'clipboard-read'] });
  await context.addInitScript(([l, t]) => {
    localStorage.setItem('xiaoer.lang', l);
    localStorage.setItem('xiaoer.theme', t);
  }, [lang, theme]);
  if (login) {
    const answer = await context.request.post('/v1/session', { data: { login, password: PASSWORD } });
    if (!answer.ok()) throw new Error(`log-in of ${login}: ${answer.status()} ${await answer.text()}`);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.faults = [];
  // What has been asked of the server, and what of it is not answered.
  page.asked = 0;
  page.waiting = 0;
  page.on('request', () => {
    page.asked += 1;
    page.waiting += 1;
  });
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, () => (page.waiting -= 1));
  page.on('pageerror', (error) => page.faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) page.faults.push(message.text());
  });
  return page;
}

const EVERY_RULE = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
/** The rules whose outcome depends on the colours of a page that was looked at in its language already. */
export const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** Serious and critical findings of axe on what is shown now, one line each. */
export async function axe(page, rules = EVERY_RULE) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ['violations'], preload: false });
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary?.split('\n')[1]?.trim() ?? ''}`);
  }, rules);
  return found;
}

/** Nothing for axe to find on what is shown now. A button on its way from disabled to enabled has a contrast of its own: it arrives first. */
export async function isClean(page, where) {
  await page.evaluate(() => document.getAnimations().forEach((move) => Number.isFinite(move.effect?.getComputedTiming().endTime) && move.finish()));
  assert.deepEqual(await axe(page), [], `axe on ${where}`);
}

/** What the page's person gets from the API. */
export async function api(page, path) {
  const answer = await page.context().request.get(path);
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
  return answer.json();
}

/** A person's call that changes something, as the setting of a story. */
export async function call(page, path, data = {}) {
  const answer = await page.context().request.post(path, { data, headers: { 'idempotency-key': randomUUID() } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Registers an applicant, as the setting of a story; everybody's password is the same. Gives the log-in name. */
export async function register(browser, url, form) {
  const page = await open(browser, url);
  const { agreements } = await api(page, '/v1/registrations');
  const { login } = await call(page, '/v1/registrations', { form, agreements, password: PASSWORD });
  await page.context().close();
  return login;
}

/** A picture of a licence with these lines on it. */
export async function licence(browser, lines) {
  const page = await browser.newPage({ viewport: { width: 760, height: 520 } });
  const rows = lines.map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`).join('');
  await page.setContent(`<body style="margin:0;background:#fbf6e6;border:14px double #b3322c;height:464px;font:19px serif">
    <h1 style="text-align:center;color:#b3322c;letter-spacing:12px">营业执照</h1><table style="margin:20px auto;border-spacing:18px 12px">${rows}</table></body>`);
  const buffer = await page.screenshot();
  await page.close();
  return { name: 'licence.png', mimeType: 'image/png', buffer };
}

/** Until `probe` gives something; a server's worker needs a moment. */
export async function until(what, probe, ms = 15_000) {
  const end = performance.now() + ms;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A picture for docs/, where one is asked for (`XIAOER_DOCS_SHOTS` names the folder). */
export async function picture(page, name) {
  if (!process.env.XIAOER_DOCS_SHOTS) return;
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(process.env.XIAOER_DOCS_SHOTS, `${name}.png`) });
}

/** A zip on cloth, broken in the middle; column and row of 64. */
function cloth(x, y, shade) {
  const isZip = Math.abs(x - 32) < 3 + (Math.abs(y - 34) < 10 ? 10 - Math.abs(y - 34) : 0);
  if (isZip) return Math.abs(y - 34) < 10 && Math.abs(x - 32) > 3 ? [shade / 4, 20, 30] : [200, 200, (y % 4) * 50];
  return [40 + shade / 4 + ((x + y) % 4) * 4, 70 + shade / 5, 120 + shade / 6];
}

/** A real PNG of 64 x 64, its colours from `shade`, so that two of them are two files. */
export function png(shade) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const size = Buffer.alloc(4);
    const sum = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(64, 0);
  head.writeUInt32BE(64, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = (y) => Buffer.from([0, ...Array.from({ length: 64 }, (_, x) => cloth(x, y, shade)).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 64 }, (_, y) => row(y))));
  const bytes = [Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return { name: `photo-${shade}.png`, mimeType: 'image/png', buffer: Buffer.concat(bytes) };
}
