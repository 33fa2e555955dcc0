// What people do, by clicks and keys, against the real server. Each flow throws at the first thing that is not as it should be.
import assert from 'node:assert/strict';
import { open } from './browser.mjs';

async function logIn(browser, url) {
  const page = await open(browser, url);
  await page.goto('/orders?state=shipped');
  await page.fill('#login', 'op');
  await page.fill('#password', 'wrong');
  await page.click('button[type=submit]');
  await page.waitForSelector('[role=alert]');
  await page.click('.people button:first-of-type');
  await page.waitForSelector('.top .menu');
  assert.equal(new URL(page.url()).search, '?state=shipped', 'the wanted page is shown after the log-in');
  await page.waitForSelector('.live.on');
  await page.click('.me button');
  await page.waitForSelector('#login');
  return { pages: [page] };
}

async function listsLiveInTheUrl(browser, url) {
  const page = await open(browser, url, { login: 'op' });
  await page.goto('/orders');
  await page.waitForSelector('table.data tbody tr');
  await page.click('.tabs button:nth-of-type(2)');
  await page.waitForURL(/state=/);
  await page.click('.list-bar .ant-btn-text');
  await page.waitForURL((at) => at.search === '');
  const first = await page.textContent('table.data tbody tr a');
  const next = page.locator('.pager button').nth(1);
  if (await next.isEnabled()) {
    await next.click();
    await page.waitForURL(/after=/);
    await page.waitForFunction((text) => document.querySelector('table.data tbody tr a')?.textContent !== text, first);
    await page.locator('.pager button').nth(0).click();
    await page.waitForFunction((text) => document.querySelector('table.data tbody tr a')?.textContent === text, first);
  }
  await page.fill('input[name=q]', first);
  await page.press('input[name=q]', 'Enter');
  await page.waitForURL((at) => at.searchParams.get('q') === first);
  await page.waitForFunction(() => document.querySelectorAll('table.data tbody tr').length === 1);
  return { pages: [page] };
}

async function keyboardOpensACase(browser, url) {
  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto('/');
  await page.waitForSelector('table.data tbody tr');
  await page.keyboard.press('j');
  await page.waitForSelector('tr.active');
  const id = await page.getAttribute('tr.active', 'data-id');
  await page.keyboard.press('Enter');
  await page.waitForURL((at) => at.pathname.endsWith(id));
  await page.waitForSelector('.case-head .countdown');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL((at) => at.pathname === '/');
  return { pages: [page] };
}

async function packsShowTheirRules(browser, url) {
  const page = await open(browser, url, { login: 'op' });
  await page.goto('/packs');
  await page.click('a[href$="/kuaishou-goods/exchange"]');
  await page.waitForSelector('table.data tbody tr');
  await page.locator('.cite').first().hover();
  await page.waitForSelector('.rule-text');
  await page.goto('/packs/kuaishou-goods/exchange?view=graph');
  await page.waitForFunction(() => (document.querySelector('.graph img')?.naturalWidth ?? 0) > 0);
  await page.goto('/packs/kuaishou-goods/exchange?view=check');
  await page.waitForSelector('.verdict.good', { timeout: 60_000 });
  return { pages: [page] };
}

export const FLOWS = [
  ['a person logs in, sees the page asked for and logs out', logIn],
  ['filters and cursors of a list live in the URL', listsLiveInTheUrl],
  ['the keyboard alone opens a case from the board', keyboardOpensACase],
  ['packs show rules, graph and checker result', packsShowTheirRules],
];
