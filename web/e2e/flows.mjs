// What people do, by clicks and keys, against the real server. Each flow throws at the first thing that is not as it should be.
import assert from 'node:assert/strict';
import { api, open, PHONE, png } from './browser.mjs';

const HOUR_MS = 3_600_000;

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
  return page;
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
  return page;
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
  return page;
}

/** The merchant may not reject without evidence; the page says so, takes the evidence and then takes the rejection. */
async function rejectionNeedsEvidence(browser, url) {
  const page = await open(browser, url, { login: 'yunduo', lang: 'en' });
  const found = (await api(page, '/v1/board?limit=50')).items.find((c) => c.kind === 'exchange' && c.state === 'requested');
  assert.ok(found, 'the demo has an exchange that waits for this merchant');
  await page.goto(`/cases/${found.id}`);
  await page.waitForSelector('.acts');
  const reject = page.locator('.acts li', { has: page.getByRole('button', { name: 'Reject', exact: true }) });
  if (await reject.locator('.why-not').count()) {
    assert.ok(await reject.getByRole('button').first().isDisabled());
    assert.notEqual((await reject.locator('.why-not').textContent()).trim(), '');
  }
  await page.getByRole('button', { name: 'Record a contact' }).click();
  await page.fill('#contact-note', 'Called the buyer, who insists');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForSelector('text=Called the buyer, who insists');
  await page.getByRole('button', { name: 'File evidence' }).click();
  await page.setInputFiles('#evidence-photos', png(90));
  await page.waitForSelector('dialog[open] .photos figure img');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForSelector('.gallery img');
  await page.getByRole('button', { name: 'Reject', exact: true }).first().click();
  await page.waitForSelector('dialog[open]');
  await page.locator('dialog[open]').getByRole('button', { name: 'Reject', exact: true }).click();
  await page.waitForSelector('dialog[open] .field .bad[role=alert]');
  await page.fill('dialog[open] textarea', 'The seam is as described');
  await page.locator('dialog[open]').getByRole('button', { name: 'Reject', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.strip .now')?.textContent === 'Rejected');
  return page;
}

/** A line of a delivered order of a shop under the Kuaishou pack, without an open case. */
async function exchangeable(page) {
  for (const { id } of (await api(page, '/v1/orders?limit=200')).items.filter((o) => o.state === 'delivered')) {
    const view = await api(page, `/v1/orders/${id}`);
    const line = view.lines.find((l) => l.refunded === 0 && l.shipped > 0);
    if (view.case.pack.name === 'kuaishou-goods' && line && view.after_sales.length === 0) return { id, line: line.id };
  }
  throw new Error('the demo has no delivered order to exchange');
}

/** Silence for 48 h approves an exchange, by rule KS-EX-1; then the buyer enters the waybill. */
async function silenceApproves(browser, url) {
  let buyer;
  let order;
  for (const login of ['lin', 'wang', 'zhao']) {
    buyer = await open(browser, url, { login, size: PHONE });
    order = await exchangeable(buyer).catch(() => null);
    if (order) break;
    await buyer.context().close();
  }
  assert.ok(order, 'one of the demo buyers has a delivered order to exchange');
  await buyer.goto('/m');
  await buyer.waitForSelector('.orders a');
  await buyer.goto(`/m/orders/${order.id}`);
  await buyer.click(`a[href$="/apply/${order.line}"]`);
  await buyer.check('input[value=exchange]');
  await buyer.selectOption('select', 'quality');
  await buyer.fill('textarea', 'The zip is broken');
  await buyer.setInputFiles('#apply-photos', [png(20), png(200)]);
  await buyer.waitForFunction(() => document.querySelectorAll('.photos figure img').length === 2);
  await buyer.click('button[type=submit]');
  await buyer.waitForURL(/\/m\/cases\//);
  await buyer.waitForSelector('.countdown.big');
  const id = new URL(buyer.url()).pathname.split('/').pop();
  const before = await api(buyer, `/v1/cases/${id}`);
  assert.equal(before.state, 'requested');
  assert.equal(before.after_sales.evidence.filter((e) => e.sha256).length, 2, 'both photos are evidence');
  assert.equal(Date.parse(before.due_at) - Date.parse(before.opened_at), 48 * HOUR_MS);

  const operator = await open(browser, url, { login: 'op', lang: 'en' });
  await operator.goto('/demo');
  await operator.getByRole('button', { name: '+48 hours' }).click();
  await operator.waitForSelector('.ant-message-success', { timeout: 60_000 });
  await operator.goto(`/cases/${id}`);
  await operator.waitForFunction(() => document.querySelector('.strip .now')?.textContent === 'Waiting for the return');
  const rule = await operator.locator('.timeline li', { hasText: 'KS-EX-1' }).count();
  assert.equal(rule, 1, 'the history cites the rule by which silence approved');
  await operator.context().close();

  // No reload: the live channel has to tell the buyer's page.
  await buyer.waitForSelector('.clock.mine', { timeout: 15_000 });
  const waybill = buyer.locator('.acts li', { has: buyer.getByRole('button', { name: '填写退货运单号' }) });
  await waybill.getByRole('button').click();
  await buyer.selectOption('#f-carrier', 'SF');
  await buyer.fill('#f-waybill', 'SF1234567890123');
  await buyer.click('.act-form button[type=submit]');
  await buyer.waitForFunction(() => !document.querySelector('.act-form'));
  assert.equal((await api(buyer, `/v1/cases/${id}`)).state, 'returning');
  return buyer;
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
  return page;
}

export const FLOWS = [
  ['a person logs in, sees the page asked for and logs out', logIn],
  ['filters and cursors of a list live in the URL', listsLiveInTheUrl],
  ['the keyboard alone opens a case from the board', keyboardOpensACase],
  ['a rejection needs a contact and evidence, and says so', rejectionNeedsEvidence],
  ['silence for 48 h approves an exchange and the buyer sends it back', silenceApproves],
  ['packs show rules, graph and checker result', packsShowTheirRules],
];
