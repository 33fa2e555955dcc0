// A company on its way into the market: registered, sent back for a wrong code, approved before the clock's zero; then it gives its people rights,
// and finds out who of them wrote a wrong remark. On a market of its own: shops are added by the command line while nobody serves it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { api, call, isClean, licence, open, PHONE, WIDE } from './browser.mjs';
import { startServer } from './server.mjs';

/** The longest jump of a demo's clock. */
const JUMP_MS = 60 * 24 * 3_600_000;
const PASSWORD = 'tea lamp orbit 47';
/** The code typed in, and the one on the licence. */
const CODES = { 'zh-CN': ['91330106MA2000001J', '91330106MA20000062'], en: ['91330106MA20000075', '91330106MA20000088'] };
const TEXTS = {
  'zh-CN': { name: '杭州流程商贸有限公司', legal: '韩梅梅', contact: '李雷', why: '统一社会信用代码与营业执照不符', role: '仅留言', people: ['王芳', '赵强', '孙丽'], wrong: '不用打电话，放门口', edit: '修改' },
  en: { name: 'Hangzhou Flow Trading Ltd', legal: 'Han Meimei', contact: 'Li Lei', why: 'The code is not the one on the licence', role: 'Notes only', people: ['Wang Fang', 'Zhao Qiang', 'Sun Li'], wrong: 'No need to call, leave it at the door', edit: 'Change' },
};

async function shot(page, name) {
  if (process.env.XIAOER_SHOTS) await page.screenshot({ path: join(process.env.XIAOER_SHOTS, `verification-${name}.png`), fullPage: true });
}

const fill = async (page, prefix, values) => {
  for (const [field, value] of Object.entries(values)) await page.fill(`#${prefix}-${field}`, value);
};

/** Every way to be refused, then the log-in name that is given out. */
async function registers(page, { name, legal, contact }, code) {
  await page.goto('/');
  await page.click('.to-register a');
  await fill(page, 'register', { name, code: '91330106MA20000021', legal_person: legal, contact, phone: '13800001111', email: 'shop@example.com' });
  await fill(page, 'register', { password: PASSWORD, again: 'another one' });
  await page.click('.register button[type=submit]');
  await page.locator('.register .bad[role=alert]').waitFor();
  await page.fill('#register-again', PASSWORD);
  await page.click('.register button[type=submit]');
  await page.locator('.register .choices .bad[role=alert]').waitFor();
  for (const box of await page.locator('.register .choices input[type=checkbox]').all()) await box.check();
  await page.click('.register button[type=submit]');
  await page.locator('#register-code-help[role=alert]').waitFor();
  await isClean(page, 'a refused registration');
  await page.fill('#register-code', code);
  await page.click('.register button[type=submit]');
  const login = await page.locator('.given-login code').innerText();
  await isClean(page, 'the name given out');
  await page.click('.registered .ant-btn-primary');
  assert.equal(await page.inputValue('#login'), login, 'the name is typed in already');
  await page.fill('#password', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('.verification-page');
  return login;
}

const act = async (page, event) => {
  await page.locator(`.acts button[aria-describedby=why-${event}]`).click();
  await page.click('dialog[open] footer button[type=submit]');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
};

async function handsIn(page, picture) {
  const links = await page.locator('.menu a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.deepEqual(links, ['/verification', '/tour'], 'nothing else is open before');
  await page.goto('/orders');
  await page.waitForURL((at) => at.pathname === '/verification');
  await page.locator('.lacking li').first().waitFor();
  assert.equal(await page.locator('.acts button[aria-describedby=why-submit]').isDisabled(), true);
  await page.setInputFiles('#paper-business_licence', picture);
  await page.locator('.all-there').waitFor();
  await page.waitForFunction(() => (document.querySelector('.paper-thumb img')?.naturalWidth ?? 0) > 0);
  await isClean(page, 'an application that is complete');
  await act(page, 'submit');
  await page.locator('.on-record').waitFor();
  await page.locator('.case-head .countdown').waitFor();
  assert.equal(await page.locator('input[type=file]').count(), 0, 'what is reviewed stays as it was handed in');
}

async function read(page, { name, legal }, code) {
  await fill(page, 'read', { name, code, legal_person: legal });
  await page.locator('.read-field').first().locator('xpath=ancestor::form').locator('button[type=submit]').click();
}

/** The reviewer reads another code than was typed in: it cannot be approved, and the field is sent back. */
async function findsADifference(page, text, code, lang) {
  await page.goto('/');
  await page.locator('table.data tbody tr', { hasText: text.name }).locator('a').first().click();
  await page.waitForURL((at) => at.pathname.startsWith('/verifications/'));
  await page.goto('/verifications');
  await page.locator('table.data tbody tr a', { hasText: text.name }).click();
  await page.waitForFunction(() => (document.querySelector('.viewer img')?.naturalWidth ?? 0) > 0);
  await page.locator('.viewer-tools button').nth(1).click();
  await page.locator('.viewer-tools button').nth(2).click();
  await page.waitForFunction(() => document.querySelector('.viewer img')?.style.transform === 'rotate(90deg)');
  await page.locator('.viewer-tools button').nth(0).click();
  await read(page, text, code);
  await page.locator('#read-code-help[role=alert]').waitFor();
  assert.equal(await page.locator('#read-name-help.same').count(), 1);
  await isClean(page, 'a code that differs');
  await shot(page, `${lang}-differs`);
  await page.locator('.read-field .ant-btn').click();
  assert.equal(await page.locator('dialog[open] input[name=act-request_more-fields-code]').isChecked(), true, 'the field is chosen already');
  await page.fill('#act-request_more-reason', text.why);
  await isClean(page, 'what is to be mended');
  await shot(page, `${lang}-request-more`);
  await page.click('dialog[open] footer button[type=submit]');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
}

async function mends(page, text, code, lang) {
  await page.locator('.told-reason', { hasText: text.why }).waitFor();
  await page.locator('.to-mend #draft-code').waitFor();
  await isClean(page, 'what the reviewer wants mended');
  await shot(page, `${lang}-to-mend`);
  await page.locator('.told-reason button').click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'draft-code', 'the way to the field');
  await page.fill('#draft-code', code);
  assert.equal(await page.locator('.acts').count(), 0, 'what is not saved is not handed in');
  await page.keyboard.press('Enter');
  await page.locator('.acts').waitFor();
  await act(page, 'resubmit');
  await page.locator('.on-record').waitFor();
}

async function approves(page, text, code, lang) {
  await page.locator('#read-code').waitFor();
  const id = page.url().split('/').at(-1);
  const [view, { server_now: now }] = [await api(page, `/v1/cases/${id}`), await api(page, '/v1/time')];
  assert.ok(view.state === 'submitted' && Date.parse(view.next[0].due_at) > Date.parse(now), 'before the clock reaches zero');
  await read(page, text, code);
  await page.locator('#read-code').waitFor({ state: 'detached' });
  await shot(page, `${lang}-approved`);
  assert.equal((await api(page, `/v1/cases/${id}`)).state, 'approved');
  return id;
}

/** Three people; one of them may leave notes for colleagues and nothing else: the narrowest right that there is today. */
async function givesRights(page, login, text, lang) {
  await page.click('.menu a[href="/members"]');
  const { role } = await call(page, '/v1/roles', { name: text.role, permissions: ['orders.remark'] });
  const roles = ['merchant_service', 'merchant_warehouse', role];
  for (const [n, one] of roles.entries()) {
    await page.click('.list-bar .ant-btn-primary');
    await fill(page, 'member', { login: `${login}-${n}`, name: text.people[n], password: PASSWORD });
    await page.locator(`#member-role option[value="${one}"]`).waitFor({ state: 'attached' });
    await page.selectOption('#member-role', one);
    await page.click('dialog[open] footer button[type=submit]');
    await page.locator('table.data tbody tr', { hasText: `${login}-${n}` }).waitFor();
  }
  await shot(page, `${lang}-members`);
  return `${login}-${roles.length - 1}`;
}

async function ordered(browser, url, shop, sku) {
  const buyer = await open(browser, url, { login: 'lin' });
  const recipient = { name: '林晓', phone: '13800000000', region: '浙江省杭州市', address: '文三路 1 号' };
  const { order, number } = await call(buyer, '/v1/orders', { shop, lines: [{ sku, quantity: 1 }], recipient, remark: '' });
  await buyer.context().close();
  return { order, number };
}

async function tracesTheRemark(page, member, { order, number }, text, lang) {
  await member.goto(`/orders/${order}`);
  await member.getByRole('button', { name: text.edit, exact: true }).click();
  await member.fill('#merchant-remark', text.wrong);
  await member.click('dialog[open] footer button[type=submit]');
  await member.locator('.merchant-remark', { hasText: text.wrong }).waitFor();
  await page.goto(`/operations?object=${number}&what=order.remark_changed`);
  const row = page.locator('table.data tbody tr').first();
  await row.waitFor();
  assert.ok((await row.innerText()).includes(text.people[2]), 'who wrote it');
  await row.locator('td').nth(2).locator('button').click();
  assert.equal(await page.locator('dialog[open] .diff ins').innerText(), text.wrong);
  await shot(page, `${lang}-traced`);
}

async function memberOf(browser, url, login, lang) {
  const page = await open(browser, url, { lang });
  const answer = await page.context().request.post('/v1/session', { data: { login, password: PASSWORD } });
  assert.equal(answer.status(), 200);
  assert.deepEqual((await answer.json()).permissions, ['orders.remark']);
  return page;
}

/** The whole way, in one language. */
async function lived(browser, market, lang) {
  const [text, [claimed, true_]] = [TEXTS[lang], CODES[lang]];
  const picture = await licence(browser, [['名称', text.name], ['统一社会信用代码', true_], ['法定代表人', text.legal]]);
  const page = await open(browser, market.url, { lang, theme: lang === 'en' ? 'dark' : 'light' });
  const login = await registers(page, text, claimed);
  await handsIn(page, picture);
  const reviewer = await open(browser, market.url, { login: 'op', lang });
  await findsADifference(reviewer, text, true_, lang);
  await mends(page, text, true_, lang);
  const id = await approves(reviewer, text, true_, lang);
  await page.locator('.menu a[href="/members"]').waitFor();
  for (const path of ['/cases', '/verifications']) {
    await page.goto(`${path}/${id}`);
    await page.waitForURL((at) => at.pathname === '/verification');
  }
  await page.waitForSelector('.verification-page');
  await shot(page, `${lang}-in-good-standing`);
  await page.setViewportSize(PHONE);
  await shot(page, `${lang}-in-good-standing-390`);
  await page.setViewportSize(WIDE);
  const member = await givesRights(page, login, text, lang);
  const org = (await api(page, '/v1/session')).org.id;
  return { page, reviewer, member, org, text };
}

/** The command line lives by the real time, and no market goes back. */
async function comesToToday(browser, url) {
  const op = await open(browser, url, { login: 'op' });
  const today = performance.timeOrigin + performance.now();
  for (let left = 1; left > 0; ) {
    left = today - Date.parse((await api(op, '/v1/demo/clock')).now);
    if (left > 0) await call(op, '/v1/demo/clock', { advance_ms: Math.round(Math.min(left, JUMP_MS)) });
  }
  await op.context().close();
}

export async function aCompanyIsVerified(browser) {
  let market = await startServer({ days: 7 });
  try {
    await comesToToday(browser, market.url);
    const told = [];
    for (const lang of Object.keys(TEXTS)) told.push({ lang, ...(await lived(browser, market, lang)) });
    await market.end();
    const shops = told.map(({ org, text }) => {
      const shop = market.add('shop', '--org', org, '--name', text.name);
      return { shop, sku: market.add('sku', '--shop', shop, '--code', 'A1', '--title', text.name, '--price-minor', '1999', '--stock', '10') };
    });
    market = await market.again();
    const members = [];
    for (const [n, { lang, page, member, text }] of told.entries()) {
      const order = await ordered(browser, market.url, shops[n].shop, shops[n].sku);
      members.push(await memberOf(browser, market.url, member, lang));
      await tracesTheRemark(page, members[n], order, text, lang);
    }
    return { pages: [...told.flatMap(({ page, reviewer }) => [page, reviewer]), ...members] };
  } finally {
    await market.end();
    market.clear();
  }
}
