// Every page in both languages, light and dark, wide and on a phone: axe, script errors, blocked content, a screenshot.
import { join } from 'node:path';
import { api, axe, open, PHONE, WIDE } from './browser.mjs';

/** Pages by who looks; `id` is asked of the server first. */
async function pagesOf(browser, url) {
  const merchant = await open(browser, url, { login: 'yunduo' });
  const order = (await api(merchant, '/v1/orders?limit=1')).items[0].id;
  const cases = (await api(merchant, '/v1/aftersales?limit=50')).items;
  const waiting = cases.find((c) => c.state === 'requested') ?? cases[0];
  await merchant.context().close();
  const buyer = await open(browser, url, { login: 'lin' });
  const own = (await api(buyer, '/v1/orders?limit=50')).items;
  const bought = await api(buyer, `/v1/orders/${own[0].id}`);
  const mine = (await api(buyer, '/v1/aftersales?limit=1')).items[0];
  await buyer.context().close();
  return [
    { name: 'log-in', path: '/', login: null },
    { name: 'board', path: '/', login: 'yunduo' },
    { name: 'orders', path: '/orders', login: 'yunduo' },
    { name: 'order', path: `/orders/${order}`, login: 'yunduo' },
    { name: 'aftersales', path: '/aftersales', login: 'op' },
    { name: 'case', path: `/cases/${waiting.id}`, login: 'yunduo' },
    { name: 'case-dialog', path: `/cases/${waiting.id}`, login: 'yunduo', act: (page) => page.locator('.acts button:enabled').first().click() },
    { name: 'case-rule', path: `/cases/${waiting.id}`, login: 'yunduo', act: (page) => page.locator('.case-head .cite').first().click() },
    { name: 'missing', path: '/orders/cas_0000000000000', login: 'yunduo' },
    { name: 'packs', path: '/packs', login: 'op' },
    { name: 'pack-clocks', path: '/packs/kuaishou-goods/exchange', login: 'op' },
    { name: 'pack-rules', path: '/packs/kuaishou-goods/exchange?view=rules', login: 'op' },
    { name: 'pack-graph', path: '/packs/kuaishou-goods/exchange?view=graph', login: 'op' },
    { name: 'pack-check', path: '/packs/kuaishou-goods/exchange?view=check', login: 'op' },
    { name: 'demo', path: '/demo', login: 'op' },
    { name: 'portal-log-in', path: '/m', login: null },
    { name: 'portal-orders', path: '/m', login: 'lin' },
    { name: 'portal-order', path: `/m/orders/${own[0].id}`, login: 'lin' },
    { name: 'portal-apply', path: `/m/orders/${own[0].id}/apply/${bought.lines[0].id}`, login: 'lin' },
    ...(mine ? [{ name: 'portal-case', path: `/m/cases/${mine.id}`, login: 'lin' }] : []),
  ];
}

/** Until nothing loads any more; the live channel and the ticker never rest, so the network is no measure. */
async function settle(page) {
  await page.waitForFunction(() => document.querySelector('main') && !document.querySelector('.skeleton'));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(350);
}

/** One page as its person sees it; gives what is wrong with it. */
async function look(page, { path, act }, label, file, isPhone) {
  page.faults.length = 0;
  const found = [];
  try {
    await page.goto(path);
    await settle(page);
    if (act) {
      await act(page);
      await page.waitForTimeout(450);
    }
    found.push(...(await axe(page)).map((line) => `${label}: axe ${line}`), ...page.faults.map((line) => `${label}: ${line}`));
  } catch (error) {
    found.push(`${label}: ${error.message.split('\n')[0]}`);
  }
  await page.screenshot({ path: file, fullPage: isPhone });
  return found;
}

/** All pages in one language, theme and size. */
async function oneLook(browser, url, folder, pages, { lang, theme, size }) {
  const found = [];
  const people = new Map();
  for (const one of pages) {
    if (!people.has(one.login)) people.set(one.login, await open(browser, url, { login: one.login, lang, theme, size }));
    const label = `${one.name}-${lang}-${theme}-${size.width}`;
    found.push(...(await look(people.get(one.login), one, label, join(folder, `${label}.png`), size === PHONE)));
  }
  for (const page of people.values()) await page.context().close();
  return found;
}

/** Looks taken at the same time; more do not help on two cores. */
const AT_ONCE = 2;

export async function everyPage(browser, url, folder) {
  const pages = await pagesOf(browser, url);
  const looks = ['zh-CN', 'en'].flatMap((lang) => ['light', 'dark'].flatMap((theme) => [WIDE, PHONE].map((size) => ({ lang, theme, size }))));
  console.log(`e2e: ${looks.length * pages.length} views to look at`);
  const found = [];
  const worker = async () => {
    for (let next = looks.shift(); next; next = looks.shift()) found.push(...(await oneLook(browser, url, folder, pages, next)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}
