// What pages cost in the browser: CPU of the main thread by Chrome's own account, and elements. Wall time is no gate: a busy machine decides it.
// Bytes are gated by `tools/budgets.mjs`.
import assert from 'node:assert/strict';
import { open } from './browser.mjs';

const MS = 'ms CPU';
const PER_S = 'ms CPU/s';
const ELEMENTS_MAX = 1_000;
const SAMPLES = 7;
const IDLE_SAMPLES = 3;
const IDLE_MS = 1_000;
/** A page is at rest when it has asked nothing of the server for this long. */
const QUIET_MS = 200;
const READY_MS = 20_000;
/** Rows of a full page. */
const BOARD_ROWS = 30;
/** What the pages measured show in the end, and only before. */
const SHOWN = 'tbody tr, .orders li';
const AWAITED = '.skeleton';
/** Text from the same server: the page opened next gets a process that is there already. */
const BLANK = '/readyz';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives the CPU milliseconds that the page's main thread has used, without those of the questions asked from here. */
async function meter(page) {
  const chrome = await page.context().newCDPSession(page);
  // The command `setTimeDomain` is taken and does nothing: the account would be one of wall time.
  await chrome.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await chrome.send('Performance.getMetrics');
    const seconds = (name) => metrics.find((metric) => metric.name === name).value;
    return (seconds('TaskDuration') - seconds('DevToolsCommandDuration')) * 1_000;
  };
}

async function rest(page) {
  const isReady = () => page.evaluate(([shown, awaited]) => Boolean(document.querySelector(shown)) && !document.querySelector(awaited), [SHOWN, AWAITED]);
  const end = performance.now() + READY_MS;
  do {
    if (performance.now() > end) throw new Error(`${page.url()}: not ready within ${READY_MS / 1_000} s`);
    await quiet(page);
  } while (!(await isReady()));
}

/** Watched from outside: a script that waits in the page would be counted as the page's. */
async function quiet(page) {
  for (let [asked, since] = [page.asked, performance.now()]; performance.now() - since < QUIET_MS; await pause(20)) {
    if (asked !== page.asked || page.waiting > 0) [asked, since] = [page.asked, performance.now()];
  }
}

/** Presses with the pointer that lies there already; Playwright's own click looks at the page again and again, at the page's cost. */
async function press(page, place) {
  const { x, y, width, height } = await place.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await rest(page);
  return () => page.mouse.down().then(() => page.mouse.up());
}

async function cost({ page, used }, act) {
  const before = await used();
  await act(page);
  await rest(page);
  return (await used()) - before;
}

/** The board of a busy day: the rows that wait, again and again up to a full page. */
async function fillBoard(page) {
  await page.route('**/v1/board?*', async (route) => {
    const answer = await route.fetch();
    const { items } = await answer.json();
    const rows = Array.from({ length: BOARD_ROWS }, (_, i) => ({ ...items[i % items.length], id: `${items[i % items.length].id}${i}` }));
    await route.fulfill({ response: answer, json: { items: rows, next: null } });
  });
}

/** Loads the page as a first visit: a new context has nothing cached. */
async function visit(browser, url, login, path, set = async () => {}) {
  const page = await open(browser, url, { login });
  await set(page);
  await page.goto(BLANK);
  const seen = { page, used: await meter(page) };
  const load = await cost(seen, () => page.goto(path));
  return { ...seen, load, elements: await page.evaluate(() => document.querySelectorAll('*').length) };
}

async function idle({ page, used }) {
  const samples = [];
  for (let i = 0; i < IDLE_SAMPLES; i += 1) {
    const [begin, before] = [performance.now(), await used()];
    await page.waitForTimeout(IDLE_MS);
    samples.push(((await used()) - before) / ((performance.now() - begin) / 1_000));
  }
  return samples;
}

/** Several first visits, `use` after each; the last page stays open. Gives the samples of each by name. */
async function visits(browser, url, login, path, use = async () => ({})) {
  const samples = [];
  for (let last; ; await last.page.context().close()) {
    last = await visit(browser, url, login, path);
    samples.push({ load: last.load, ...(await use(last)) });
    if (samples.length === SAMPLES) return { ...last, of: (name) => samples.map((sample) => sample[name]) };
  }
}

/** The next page of a list, then all of its rows selected. */
async function useList(list) {
  const { page } = list;
  const turn = await press(page, page.locator('.pager button').last());
  const next = await cost(list, () => Promise.all([page.waitForURL(/after=/), turn()]));
  const select = await press(page, page.locator('thead input'));
  const all = await cost(list, select);
  const [rows, selected] = await Promise.all(['tbody tr', 'tbody tr.selected'].map((what) => page.locator(what).count()));
  assert.ok(rows > 0 && rows === selected, `${selected} of ${rows} rows are selected`);
  return { next, all };
}

/** Measures, prints the table, and gives what is above its budget. */
export async function budgets(browser, url) {
  const begin = performance.now();
  // Each page has a process and an account of its own, so that they may be measured together.
  const [orders, portal, board, cases] = await Promise.all([
    visits(browser, url, 'op', '/orders', useList),
    visits(browser, url, 'lin', '/m'),
    visit(browser, url, 'op', '/', fillBoard),
    visit(browser, url, 'op', '/aftersales'),
  ]);
  const [ordersIdle, boardIdle] = await Promise.all([idle(orders), idle(board)]);
  const lines = [
    ['orders, first load', orders.of('load'), 450, MS],
    ['orders, next page', orders.of('next'), 170, MS],
    ['orders, select all', orders.of('all'), 140, MS],
    ['orders, idle', ordersIdle, 40, PER_S],
    ['board, idle', boardIdle, 40, PER_S],
    ['portal, first load', portal.of('load'), 120, MS],
    ...Object.entries({ orders, board, cases, portal }).map(([name, { elements }]) => [`${name}, elements`, [elements], ELEMENTS_MAX, '']),
  ];
  console.log(`e2e: budgets of CPU and elements (${((performance.now() - begin) / 1_000).toFixed(1)} s)`);
  return lines.flatMap(([what, samples, budget, unit]) => {
    const sorted = samples.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1];
    // Other work on the machine only adds, so the least of the samples is held against the budget; the median is told.
    console.log(`e2e: ${what.padEnd(22)} ${median.toFixed(0).padStart(5)} of ${String(budget).padStart(5)} ${unit}   ${sorted.map((s) => s.toFixed(0)).join(' ')}`);
    return sorted[0] > budget ? [`${what}: ${sorted[0].toFixed(0)} ${unit}, at most ${budget}`] : [];
  });
}
