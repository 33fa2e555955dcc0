// What pages cost in the browser: CPU of the main thread by Chrome's own account, held against a piece of work of constant size done by the
// same browser in the same minute, so that a slow machine is no defect; and elements. Bytes are gated by `tools/budgets.mjs`.
import assert from 'node:assert/strict';
import { open } from './browser.mjs';

/** One is the CPU of `reference`, some 100 ms on a machine of 2025. */
const WORKS = 'works';
const PER_S = 'works/s';
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

/** The constant work, in the page: what a list does (objects, texts, sorting, elements, layout), of the size of three full pages. */
function reference() {
  const root = document.body.appendChild(document.createElement('div'));
  for (let round = 0; round < 3; round += 1) {
    const rows = Array.from({ length: 500 }, (_, i) => ({ id: `ord_${(i * 7_919) % 1_009}`, amount: (i * 104_729) % 99_991, state: 'waiting' }));
    const told = JSON.parse(JSON.stringify(rows)).sort((a, b) => a.id.localeCompare(b.id) || a.amount - b.amount);
    root.replaceChildren(...told.map((row) => {
      const line = document.createElement('div');
      line.style.cssText = 'display:flex;gap:8px;padding:4px;border-bottom:1px solid';
      line.append(...Object.values(row).map((value) => Object.assign(document.createElement('span'), { textContent: value.toLocaleString('zh-CN') })));
      return line;
    }));
    for (const line of root.children) line.title = String(line.offsetHeight);
  }
  document.title = 'worked';
}

/** Gives the CPU milliseconds of the constant work, each time in a page of its own. */
async function referenceCosts(browser, url) {
  const samples = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    const page = await open(browser, url, {});
    await page.goto(BLANK);
    const used = await meter(page);
    const before = await used();
    // From a timer: what a command of the browser's protocol does itself is not on the page's account.
    await page.evaluate(`setTimeout(${reference})`);
    while ((await page.title()) !== 'worked') await pause(20);
    samples.push((await used()) - before);
    await page.context().close();
  }
  return samples;
}

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
  const [works, orders, portal, board, cases] = await Promise.all([
    referenceCosts(browser, url),
    visits(browser, url, 'op', '/orders', useList),
    visits(browser, url, 'lin', '/m'),
    visit(browser, url, 'op', '/', fillBoard),
    visit(browser, url, 'op', '/aftersales'),
  ]);
  const [ordersIdle, boardIdle] = await Promise.all([idle(orders), idle(board)]);
  const lines = [
    ['orders, first load', orders.of('load'), 3.8, WORKS],
    ['orders, next page', orders.of('next'), 1.3, WORKS],
    ['orders, select all', orders.of('all'), 1.0, WORKS],
    ['orders, idle', ordersIdle, 0.4, PER_S],
    ['board, idle', boardIdle, 0.4, PER_S],
    ['portal, first load', portal.of('load'), 1.0, WORKS],
  ];
  const elements = Object.entries({ orders, board, cases, portal }).map(([name, page]) => [`${name}, elements`, [page.elements], ELEMENTS_MAX, '']);
  const work = Math.min(...works);
  console.log(`e2e: budgets of CPU and elements (${((performance.now() - begin) / 1_000).toFixed(1)} s); one work = ${work.toFixed(0)} ms CPU here`);
  return [...lines.map(([what, samples, ...rest]) => [what, samples.map((ms) => ms / work), ...rest]), ...elements].flatMap(judge);
}

/** Prints a line of the table. Other work on the machine only adds, so the least of the samples is held against the budget; the median is told. */
function judge([what, samples, budget, unit]) {
  const sorted = samples.toSorted((a, b) => a - b);
  const shown = (n) => n.toFixed(unit ? 2 : 0);
  console.log(`e2e: ${what.padEnd(22)} ${shown(sorted[sorted.length >> 1]).padStart(6)} of ${String(budget).padStart(5)} ${unit}   ${sorted.map(shown).join(' ')}`);
  return sorted[0] > budget ? [`${what}: ${shown(sorted[0])} ${unit}, at most ${budget}`] : [];
}
