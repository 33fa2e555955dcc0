// The exchange of the Kuaishou pack, lived in a browser: by silence wherever silence has the wanted consequence, by acts, and by the keyboard
// alone; and the rejection. Every run has an order of its own, so that nothing else in the market touches it.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { api, call, open, PHONE, picture, png, until, WIDE } from './browser.mjs';
import { dialogHoldsFocus, keys, pointer } from './hands.mjs';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MARKET_AHEAD_MS = 8 * 3_600_000;
const BUYER = 'sun';
const MERCHANT = 'yunduo';
const GOODS = 'YD-1001';
const PASSWORD = 'demo';

// A server that runs already may know the numbers of the run before.
let serial = randomInt(10 ** 12, 10 ** 13);
const waybill = () => `SF${(serial += 1)}`;

/** Somebody at a page: logged in already for the pointer, by typing for the keyboard. */
async function person(browser, url, who, { lang = 'en', size = WIDE, by = pointer } = {}) {
  const byKeys = by === keys;
  const page = await open(browser, url, { login: byKeys ? null : who, lang, size });
  const hand = by(page);
  await page.goto(who === BUYER ? '/m' : '/');
  if (byKeys) {
    const [login, password] = [page.locator('input[autocomplete=username]'), page.locator('input[autocomplete=current-password]')];
    await hand.write(login, who);
    await hand.write(password, PASSWORD);
    await hand.press(page.locator('button[type=submit]'));
  }
  await page.waitForSelector(who === BUYER ? '.orders, .page-title' : '.top .menu');
  return { page, hand };
}

/** The setting, by API: a unit of the shop's jeans, ordered, paid, shipped and delivered. */
async function delivered(browser, url) {
  const buyer = await open(browser, url, { login: BUYER });
  const merchant = await open(browser, url, { login: MERCHANT });
  const operator = await open(browser, url, { login: 'op' });
  const shop = (await api(merchant, '/v1/shops')).items[0].id;
  const sku = (await api(buyer, `/v1/shops/${shop}/skus?limit=50`)).items.find((s) => s.code === GOODS);
  const recipient = { name: '孙浩', phone: '13800001004', region: '四川省成都市武侯区', address: '天府大道 1 号' };
  const placed = await call(buyer, '/v1/orders', { shop, lines: [{ sku: sku.id, quantity: 1 }], recipient });
  await call(buyer, `/v1/cases/${placed.payment}/acts`, { event: 'submit' });
  const stateOf = async () => (await api(merchant, `/v1/cases/${placed.order}`)).state;
  await until('the payment', async () => (await stateOf()) !== 'pending_payment');
  if ((await stateOf()) === 'pending_review') await call(merchant, `/v1/cases/${placed.order}/acts`, { event: 'approve' });
  const number = waybill();
  await call(merchant, `/v1/cases/${placed.order}/acts`, { event: 'ship_all', input: { carrier: 'SF', waybill: number } });
  for (const kind of ['collected', 'delivered']) await call(operator, '/v1/demo/scans', { carrier: 'SF', waybill: number, kind });
  const view = await api(buyer, `/v1/orders/${placed.order}`);
  for (const page of [buyer, merchant, operator]) await page.context().close();
  return { id: placed.order, line: view.lines[0].id, number: view.order.number };
}

/** The buyer applies on a phone, with photos. */
async function apply({ page, hand }, order) {
  await hand.press(page.locator(`a[href="/m/orders/${order.id}"]`));
  await hand.press(page.locator(`a[href$="/apply/${order.line}"]`));
  await hand.choose(page.locator('input[value=exchange]'));
  await hand.pick(page.locator('select'), 'quality');
  await hand.write(page.locator('textarea'), '拉链坏了，想换一件');
  for (const [i, shade] of [20, 200].entries()) {
    await hand.attach(page.locator('#apply-photos'), png(shade));
    await page.locator('.photos figure img').nth(i).waitFor();
  }
  await picture(page, 'apply-zh');
  await hand.press(page.locator('button[type=submit]'));
  await page.waitForURL(/\/m\/cases\//);
  await page.waitForSelector('.countdown.big');
  const id = new URL(page.url()).pathname.split('/').pop();
  const view = await api(page, `/v1/cases/${id}`);
  assert.equal(view.state, 'requested');
  assert.ok((await api(page, '/v1/orders?limit=20')).items.find((o) => o.id === order.id).is_paused, 'the order waits for its exchange');
  assert.equal(Date.parse(view.due_at) - Date.parse(view.opened_at), 2 * DAY_MS, 'the merchant has 48 hours');
  return id;
}

const ended = (page, label) => page.waitForFunction((text) => document.querySelector('.clock .state')?.textContent === text, label, { timeout: 30_000 });
const stands = (page, label) => page.waitForFunction((text) => document.querySelector('.strip .now')?.textContent === text, label, { timeout: 30_000 });
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** An act of the console: its button, its dialog, what it asks for. */
async function actOn({ page, hand }, name, fill = async () => undefined) {
  await hand.press(page.locator('.acts').getByRole('button', { name, exact: true }));
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  await fill(dialog);
  await hand.press(dialog.locator('footer').getByRole('button', { name, exact: true }));
  await dialog.waitFor({ state: 'detached' });
}

/** An act of the portal: it opens in place. */
async function actInPortal({ page, hand }, name, fill = async () => undefined) {
  await hand.press(page.locator('.acts').getByRole('button', { name, exact: true }));
  const form = page.locator('.act-form');
  await form.waitFor();
  await fill(form);
  await hand.press(form.locator('button[type=submit]'));
  await form.waitFor({ state: 'detached' });
}

/** The carrier says what happened, by the demo's page. */
async function scanned({ page, hand }, number, ...kinds) {
  const row = page.locator('.carriers li', { hasText: number });
  for (const kind of kinds) {
    await hand.press(button(page, `${kind}, waybill ${number}`));
    // A parcel whose way has ended leaves the list.
    if (kind === 'Delivered') await row.waitFor({ state: 'detached' });
    else await row.locator('small', { hasText: kind }).waitFor();
  }
}

/** Nobody does anything for so long. */
async function silence({ page }, ms) {
  if (ms === 2 * DAY_MS) {
    await page.getByRole('button', { name: '+48 hours' }).click();
  } else {
    const now = Date.parse((await api(page, '/v1/demo/clock')).now);
    await page.getByLabel('To a moment').last().fill(new Date(now + ms + MINUTE_MS + MARKET_AHEAD_MS).toISOString().slice(0, 16));
    await button(page, 'Go').click();
  }
  await page.waitForSelector('.ant-message-success', { timeout: 60_000 });
  await page.waitForSelector('.ant-message-success', { state: 'detached' });
}

const cites = async (page, event, rule) => {
  const line = page.locator('.timeline li', { hasText: event }).filter({ hasText: rule });
  await line.first().waitFor();
  assert.equal(await line.count(), 1, `${event} cites ${rule}`);
};

async function openCase({ page, hand }, id) {
  await hand.press(page.locator(`a[href="/cases/${id}"]`));
  await page.waitForSelector('.case-head .countdown');
}

/** The portal's acts open in place: the focus goes into the form, and on Escape back to its button. */
async function formGivesFocusBack({ page, hand }) {
  const opener = page.locator('.acts').getByRole('button', { name: '撤销申请' });
  await hand.press(opener);
  await page.waitForSelector('.act-form :focus');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.act-form', { state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === '撤销申请');
}

const parcel = (hand, page, number) => async (form) => {
  if (await form.locator('select').count()) await hand.pick(form.locator('select'), 'SF');
  else await hand.pickShown(form.getByRole('combobox'), 'SF Express');
  await hand.write(form.locator('input[id$=waybill]'), number);
};

/** The story; `isSilent` leaves out whatever silence does as well. */
async function exchange(browser, url, { isSilent, by }) {
  const order = await delivered(browser, url);
  const buyer = await person(browser, url, BUYER, { lang: 'zh-CN', size: PHONE, by });
  const merchant = await person(browser, url, MERCHANT, { by });
  const operator = await person(browser, url, 'op', { by });
  await operator.hand.press(operator.page.locator('.menu a[href="/demo"]'));
  const id = await apply(buyer, order);
  await picture(buyer.page, 'portal-zh');
  if (isSilent) await pictures(browser, url, id);
  await openCase(merchant, id);
  if (by === keys) {
    await dialogHoldsFocus(merchant.page, merchant.hand, merchant.page.locator('.acts').getByRole('button', { name: 'Approve', exact: true }));
    await dialogHoldsFocus(merchant.page, merchant.hand, merchant.page.locator('.case-head .cite'));
    await formGivesFocusBack(buyer);
  }

  if (isSilent) await silence(operator, 2 * DAY_MS);
  else await actOn(merchant, 'Approve');
  await stands(merchant.page, 'Waiting for the return');
  if (isSilent) await cites(merchant.page, 'Approved by silence', 'KS-EX-1');

  // No reload: the live channel has to tell the buyer's page.
  await buyer.page.waitForSelector('.clock.mine', { timeout: 15_000 });
  const back = waybill();
  await actInPortal(buyer, '填写退货运单号', parcel(buyer.hand, buyer.page, back));
  await ended(buyer.page, '退货运输中');
  await scanned(operator, back, 'Collected', 'Delivered');
  await stands(merchant.page, 'Being inspected');

  if (isSilent) await silence(operator, 7 * DAY_MS);
  else await actOn(merchant, 'Accept the goods');
  await stands(merchant.page, 'Replacement to be shipped');
  if (isSilent) await cites(merchant.page, 'Accepted by silence', 'KS-EX-3');
  const out = waybill();
  await actOn(merchant, 'Replacement shipped', parcel(merchant.hand, merchant.page, out));
  await stands(merchant.page, 'Waiting for receipt');
  await scanned(operator, out, 'Collected', 'Delivered');

  if (isSilent) await silence(operator, 10 * DAY_MS);
  else {
    // The scan makes a new version of the case, and an act is on the version that was seen.
    await buyer.page.locator('.timeline li', { hasText: '换新签收' }).waitFor();
    await actInPortal(buyer, '确认收货');
  }
  await ended(buyer.page, '换货完成');
  await stands(merchant.page, 'Exchanged');
  if (isSilent) await cites(merchant.page, 'Receipt confirmed by silence', 'KS-EX-4');
  if (isSilent) await endPicture(merchant.page);
  return { pages: [buyer.page, merchant.page, operator.page], order: order.number };
}

async function pictures(browser, url, id) {
  if (!process.env.XIAOER_DOCS_SHOTS) return;
  const zh = await person(browser, url, MERCHANT, { lang: 'zh-CN' });
  await zh.page.goto(`/cases/${id}`);
  await zh.page.waitForSelector('.gallery img');
  await picture(zh.page, 'case-zh');
  const en = await person(browser, url, 'op');
  await en.page.goto('/orders');
  await en.page.waitForSelector('table.data tbody tr');
  await picture(en.page, 'orders-en');
  await en.page.goto('/demo');
  await en.page.waitForSelector('.carriers li');
  await picture(en.page, 'demo-en');
}

/** The whole history, with the text of a rule beside it. */
async function endPicture(page) {
  await page.locator('.timeline .cite').first().focus();
  await page.waitForSelector('.ant-popover .rule-text');
  await picture(page, 'story-en');
}

/** The merchant may not reject without having spoken with the buyer and without evidence; page and server say so. */
async function rejection(browser, url) {
  const order = await delivered(browser, url);
  const buyer = await open(browser, url, { login: BUYER });
  const { id } = await call(buyer, '/v1/aftersales', { kind: 'exchange', order: order.id, line: order.line, quantity: 1, reason: 'quality', description: '', photos: [] });
  const { page } = await person(browser, url, MERCHANT);
  await openCase({ page, hand: pointer(page) }, id);
  const reject = page.locator('.acts li', { has: button(page, 'Reject') });
  assert.ok(await button(page, 'Reject').isDisabled());
  assert.match(await reject.locator('.why-not').textContent(), /evidence/);
  const refused = await page.context().request.post(`/v1/cases/${id}/acts`, { data: { event: 'reject', input: { reason: 'no' } } });
  assert.equal((await refused.json()).code, 'aftersales.reject_needs_evidence');

  await button(page, 'Record a contact').click();
  await page.fill('#contact-note', 'Called the buyer, who insists');
  await button(page, 'Confirm').click();
  await page.waitForSelector('text=Called the buyer, who insists');
  assert.ok(await button(page, 'Reject').isDisabled(), 'a contact alone is not enough');
  await button(page, 'File evidence').click();
  await page.setInputFiles('#evidence-photos', png(90));
  await page.waitForSelector('dialog[open] .photos figure img');
  await button(page, 'Confirm').click();
  await page.waitForSelector('.gallery img');
  await button(page, 'Reject').click();
  const dialog = page.locator('dialog[open]');
  await dialog.locator('footer').getByRole('button', { name: 'Reject' }).click();
  await dialog.locator('.field .bad[role=alert]').waitFor();
  await dialog.locator('#act-reject-reason').fill('The seam is as described');
  await dialog.locator('footer').getByRole('button', { name: 'Reject' }).click();
  await stands(page, 'Rejected');
  await cites(page, 'Reject', 'KS-EX-5');
  return { pages: [page], order: order.number };
}

/** Name, golden text, and what to live through. */
export const STORIES = [
  ['exchange-by-silence', (browser, url) => exchange(browser, url, { isSilent: true, by: pointer })],
  ['exchange-by-acts', (browser, url) => exchange(browser, url, { isSilent: false, by: pointer })],
  // The same acts leave the same facts, whatever moved the page.
  ['exchange-by-acts', (browser, url) => exchange(browser, url, { isSilent: false, by: keys }), 'with the keyboard alone'],
  ['rejection', rejection],
];
