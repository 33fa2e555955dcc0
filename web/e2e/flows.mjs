// What people do, by clicks and keys, against the real server. Each flow throws at the first thing that is not as it should be.
import assert from 'node:assert/strict';
import { api, call, isClean, open, until } from './browser.mjs';
import { aProgramWorksWithAKey } from './apikeys.mjs';
import { twoStepsGuardALogIn } from './twosteps.mjs';
import { aCompanyIsVerified } from './verification.mjs';
import { aReceiverHearsWhatHappens } from './webhooks.mjs';

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

/** On a phone a finger leads to the account too, and the header stays one line above the menu. */
async function theAccountIsReachedAtEveryWidth(browser, url) {
  const pages = [];
  for (const [width, lang, theme] of [[390, 'zh-CN', 'light'], [390, 'en', 'dark'], [768, 'en', 'light'], [1000, 'en', 'dark'], [1440, 'zh-CN', 'dark']]) {
    const page = await open(browser, url, { login: 'op', lang, theme, size: { width, height: 844 } });
    pages.push(page);
    await page.goto('/orders');
    const link = page.getByRole('link', { name: lang === 'en' ? 'My account' : '我的账号' });
    const box = await link.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= width, `${width}: the account has a place in the header`);
    if (width <= 1000) assert.ok(box.width >= 44 && box.height >= 44, `${width}: a finger hits ${box.width} × ${box.height}`);
    const tops = await page.locator('.top > :not(.menu), .top .me > *').evaluateAll((parts) => parts.filter((p) => p.offsetWidth > 0).map((p) => { const b = p.getBoundingClientRect(); return (b.top + b.bottom) / 2; }));
    assert.ok(Math.max(...tops) - Math.min(...tops) < 8, `${width} ${lang}: the header is one line: ${tops.join()}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width}: nothing sticks out`);
    await link.click();
    await page.waitForURL((at) => at.pathname === '/account');
    await page.waitForSelector('#main h1');
  }
  return { pages };
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

const SPOILED = [
  '订单编号,商家编码,商品标题,数量,单价,下单时间', 'FLOW1,S1,杯子,2,19.90,2026-01-02 10:00:00', 'FLOW2,S1,杯子,两个,19.90,2026-01-02 10:00:00',
  'FLOW3,S2,"=1+1",1,5.00,2026-13-02', 'FLOW3,S1,杯子,1,19.90,2026-01-02 10:00:00',
].join('\n');

/** A file with spoiled rows: mapped, tried, imported, its report corrected and sent in again. */
async function aSpoiledFileIsImportedToItsEnd(browser, url) {
  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto('/');
  await page.click('.menu a[href="/imports"]');
  await page.setInputFiles('#import-file', { name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(SPOILED) });
  await page.waitForSelector('.preview-box tbody tr');
  assert.equal(await page.inputValue('select[name=column-order_no]'), ':订单编号', 'the columns are guessed');
  await page.selectOption('select[name=source]', '');
  await page.fill('input[name=source-name]', '流程测试');
  for (const target of ['quantity', 'unit_price']) await page.selectOption(`select[name=column-${target}]`, '');
  await page.getByText('还缺：数量；单价 / 行金额', { exact: true }).waitFor();
  assert.ok(await page.isDisabled('.next button.ant-btn-primary'), 'not without a quantity');
  for (const [target, header] of [['quantity', '数量'], ['unit_price', '单价']]) await page.selectOption(`select[name=column-${target}]`, `:${header}`);
  await page.click('.next button.ant-btn-primary');
  await page.waitForSelector('.bad-table');
  assert.deepEqual(await page.locator('.bad-table tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.line)), ['3', '4', '5']);
  await page.selectOption('select[name=problem]', 'bad_quantity');
  await page.waitForFunction(() => document.querySelectorAll('.bad-table tbody tr').length === 1);
  await page.click('.next button.ant-btn-primary');
  await page.waitForFunction(() => document.querySelectorAll('.strip .been').length === 4);
  await page.waitForSelector('.bad-table');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const report = Buffer.concat(chunks).toString('utf8');
  assert.ok(report.startsWith('\ufeff') && report.includes('xiaoer_message') && report.includes('=1+1'), report);
  const corrected = report.replace('两个', '2').replace('2026-13-02', '2026-01-03');
  const before = page.url();
  await page.setInputFiles('#import-again', { name: 'corrected.csv', mimeType: 'text/csv', buffer: Buffer.from(corrected) });
  await page.waitForURL((at) => at.href !== before && at.pathname.startsWith('/imports/'));
  await page.waitForSelector('.preview-box tbody tr');
  assert.notEqual(await page.inputValue('select[name=source]'), '', 'the same source is chosen');
  await page.click('.next button.ant-btn-primary');
  await page.waitForSelector('.figures');
  assert.equal(await page.locator('.bad-table').count(), 0, 'nothing is wrong any more');
  await page.click('.next button.ant-btn-primary');
  await page.waitForFunction(() => document.querySelectorAll('.strip .been').length === 4);
  await page.waitForSelector('.figures');
  const { items } = await api(page, '/v1/imports?limit=2');
  assert.deepEqual(items.map((row) => [row.counts.orders_new, row.counts.rows_bad]), [[2, 0], [1, 3]]);
  await page.goto(before);
  await page.waitForSelector('.bad-table');
  await page.click('.page-head button');
  await page.click('dialog[open] footer button[type=submit]');
  await page.waitForFunction(() => !document.querySelector('.bad-table'));
  assert.equal(await page.locator('.page-head button').count(), 0, 'what is deleted is not offered again');
  assert.equal((await api(page, '/v1/imports?limit=2')).items[1].has_file, false);
  const order = (await api(page, '/v1/orders?q=FLOW1')).items[0];
  await page.goto(`/orders/${order.id}`);
  await page.getByText('在来源平台收款，不经过本系统').waitFor();
  await page.getByText('在来源平台发货').waitFor();
  return { pages: [page] };
}

/** The list as it is filtered, as a file that holds just those orders. */
async function aFilteredListBecomesAFile(browser, url) {
  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto('/orders');
  await page.waitForSelector('table.data tbody tr');
  await page.click('.tabs button:nth-of-type(2)');
  await page.waitForURL(/state=/);
  const state = new URL(page.url()).searchParams.get('state');
  await page.click('.list-bar > .tool + button');
  await page.waitForSelector('dialog[open] .choices');
  await page.locator('dialog[open] input[name=format]').nth(1).check();
  await page.locator('dialog[open] input[name=plain]').check();
  await page.locator('dialog[open] footer button').last().click();
  await page.waitForURL((at) => at.pathname === '/exports');
  const link = page.locator('table.data tbody tr').first().locator('a[download]');
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\r\n');
  const { items } = await api(page, `/v1/orders?state=${state}&limit=200`);
  const numbers = new Set(lines.slice(1).map((line) => line.split(',')[0]));
  assert.deepEqual([...numbers].sort(), items.map((order) => order.number).sort());
  assert.ok(lines[0].startsWith('\ufeff') && lines.slice(1).every((line) => !line.includes('****')), 'it is told in full');
  await page.locator('table.data tbody tr').first().locator('button').click();
  await page.waitForFunction(() => !document.querySelector('table.data tbody tr:first-child a[download]'));
  const known = await api(page, '/v1/exports?limit=1');
  assert.equal(known.items[0].state, 'deleted');
  return { pages: [page] };
}

/** Filters become a tab under a name; it is renamed, used and deleted. */
async function aViewIsSavedAndUsed(browser, url) {
  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto('/orders?state=closed');
  await page.click('.views > .ant-btn');
  await page.fill('#view-name', '流程');
  await page.click('dialog[open] footer button[type=submit]');
  const tab = page.locator('.views > button:not(.ant-btn)', { hasText: '流程' });
  await tab.waitFor();
  assert.equal(await tab.getAttribute('aria-current'), 'page');
  await page.goto('/orders');
  await tab.click();
  await page.waitForURL((at) => at.search === '?state=closed');
  await page.click('.views > .ant-btn');
  await page.fill('#view-name', '流程二');
  await page.click('dialog[open] footer button[type=submit]');
  await page.locator('.views > button:not(.ant-btn)', { hasText: '流程二' }).waitFor();
  await page.click('.views > .ant-btn');
  await page.click('dialog[open] .ant-btn-dangerous');
  await page.waitForURL((at) => at.search === '');
  await page.waitForFunction(() => ![...document.querySelectorAll('.views button')].some((b) => b.textContent === '流程二'));
  const { items } = await api(page, '/v1/views?list=orders');
  assert.ok(items.every((view) => !view.name.startsWith('流程')));
  return { pages: [page] };
}

const BUYERS = ['lin', 'wang', 'zhao', 'sun'];

/** Three cases by keyboard and range, one act, and what became of each. */
async function threeCasesAreApprovedAtOnce(browser, url) {
  const isTheirs = (order) => order.shop_name === '云朵服饰旗舰店' && ['shipped', 'delivered', 'completed'].includes(order.state);
  for (const login of BUYERS) {
    const buyer = await open(browser, url, { login });
    const known = new Set((await api(buyer, '/v1/aftersales?limit=200')).items.map((one) => one.order_id));
    const free = (await api(buyer, '/v1/orders?limit=200')).items.filter((order) => isTheirs(order) && !known.has(order.id));
    for (const { id } of free.slice(0, 3)) {
      const { lines } = await api(buyer, `/v1/orders/${id}`);
      await call(buyer, '/v1/aftersales', { kind: 'refund_only', order: id, line: lines[0].id, quantity: 1, reason: 'quality', description: '', photos: [] });
    }
    await buyer.context().close();
  }
  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto('/aftersales?kind=refund_only&state=requested');
  const rows = page.locator('table.data tbody tr');
  await rows.nth(2).waitFor();
  const ids = await rows.evaluateAll((all) => all.slice(0, 3).map((row) => row.dataset.id));
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  await page.waitForSelector('tr.selected');
  await rows.nth(2).locator('input').click({ modifiers: ['Shift'] });
  await page.waitForFunction(() => document.querySelectorAll('tr.selected').length === 3);
  const { acts } = await api(page, `/v1/cases/${ids[0]}`);
  await page.waitForSelector('.batch-acts button:enabled');
  await page.locator('.batch-acts button').nth(acts.findIndex((act) => act.event === 'approve')).click();
  await page.waitForSelector('dialog[open] .consequence');
  assert.match(await page.textContent('dialog[open] .dialog-body strong'), /3/, 'it is told how many');
  await page.locator('dialog[open] footer button').last().click();
  await page.waitForURL((at) => at.pathname.startsWith('/batches/'));
  await page.waitForFunction(() => document.querySelectorAll('table.data tbody .pill:not(.ended)').length === 3);
  const id = new URL(page.url()).pathname.split('/').pop();
  await until('the batch', async () => (await api(page, `/v1/batches/${id}`)).state === 'done');
  const { counts } = await api(page, `/v1/batches/${id}`);
  assert.deepEqual([counts.done, counts.refused], [3, 0]);
  for (const one of ids) {
    const { steps } = await api(page, `/v1/cases/${one}`);
    assert.equal(steps.filter((step) => step.event === 'approve').length, 1, 'each case was approved once');
  }
  await page.locator('table.data tbody tr a').first().click();
  await page.waitForURL((at) => at.pathname.startsWith('/cases/'));
  await page.goto('/batches');
  await page.waitForSelector(`table.data tbody tr[data-id="${id}"]`);
  return { pages: [page] };
}

/** Three log-ins of one person: one ends by a click, then all others; a slip and a wrong password are told, then the new one holds. */
async function aPersonLooksAfterTheAccount(browser, url) {
  const login = 'zaobian';
  const third = await open(browser, url, { login });
  const [page, other] = [await open(browser, url, { login }), await open(browser, url, { login })];
  await other.goto('/orders');
  await other.waitForSelector('.top .menu');
  await page.goto('/orders');
  await page.click('.me a');
  await page.waitForURL((at) => at.pathname === '/account');
  const rows = page.locator('.log-ins li');
  await rows.nth(1).waitFor();
  assert.match(await rows.first().textContent(), /Chrome · Linux/);
  const known = await rows.count();
  await rows.locator('button').first().click();
  await page.waitForFunction((count) => document.querySelectorAll('.log-ins li').length === count - 1, known);
  await page.locator('.card header button').click();
  await page.waitForFunction(() => document.querySelectorAll('.log-ins li').length === 1);
  await other.reload();
  await other.waitForSelector('#login');
  const type = async (texts) => {
    for (const [field, text] of Object.entries(texts)) await page.fill(`#password-${field}`, text);
    await page.click('.account form button[type=submit]');
  };
  await type({ current: 'demo', password: 'tea lamp orbit 47', again: 'tea lamp orbit 48' });
  await page.waitForSelector('.account [role=alert]');
  await type({ current: 'wrong', password: 'tea lamp orbit 47', again: 'tea lamp orbit 47' });
  await page.waitForSelector('.account .ant-input-status-error, .account .ant-input-affix-wrapper-status-error');
  await type({ current: 'demo', password: 'tea lamp orbit 47', again: 'tea lamp orbit 47' });
  await page.waitForFunction(() => document.querySelector('#password-current')?.value === '');
  await other.fill('#login', login);
  await other.fill('#password', 'demo');
  await other.click('button[type=submit]');
  await other.waitForSelector('[role=alert]');
  await other.fill('#password', 'tea lamp orbit 47');
  await other.click('button[type=submit]');
  await other.waitForSelector('.top .menu');
  const back = { current: 'tea lamp orbit 47', password: 'demo' };
  assert.equal((await other.context().request.post('/v1/me/password', { data: back })).status(), 204);
  return { pages: [page, other, third] };
}

/** A role with after-sales only, a member who has it, and what the member gets to see; then the account is locked. */
async function aMemberSeesOnlyWhatItsRoleAllows(browser, url) {
  const page = await open(browser, url, { login: 'hemu' });
  await page.goto('/');
  await page.click('.menu a[href="/members"]');
  await page.click('.tabs a[href="/roles"]');
  await page.waitForSelector('table.data tbody tr .words');
  await page.locator('.page-head .ant-btn').click();
  await page.fill('#role-name', '流程售后');
  await page.waitForSelector('dialog[open] .permission-groups');
  assert.equal(await page.locator('dialog[open] input[name="platform.orders"]').count(), 0, 'nobody gives what the kind cannot have');
  await page.locator('dialog[open] input[name="aftersales.decide"]').focus();
  await page.keyboard.press('Space');
  await isClean(page, 'the role');
  await page.click('dialog[open] footer button[type=submit]');
  await page.locator('table.data tbody tr', { hasText: '流程售后' }).waitFor();

  await page.click('.tabs a[href="/members"]');
  await page.click('.list-bar .ant-btn-primary');
  await page.fill('#member-login', 'hemu');
  await page.fill('#member-name', '流程成员');
  await page.fill('#member-password', 'demo');
  await page.locator('#member-role option', { hasText: '流程售后' }).waitFor({ state: 'attached' });
  await page.selectOption('#member-role', { label: '流程售后' });
  await isClean(page, 'the member');
  await page.click('dialog[open] footer button[type=submit]');
  await page.waitForSelector('#member-login-help[role=alert]');
  await page.fill('#member-login', 'hemu-flow');
  await page.click('dialog[open] footer button[type=submit]');
  const row = page.locator('table.data tbody tr', { hasText: 'hemu-flow' });
  await row.waitFor();

  const member = await open(browser, url);
  await member.goto('/aftersales');
  await member.fill('#login', 'hemu-flow');
  await member.fill('#password', 'demo');
  await member.click('button[type=submit]');
  await member.waitForSelector('.top .menu');
  const links = await member.locator('.menu a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.deepEqual(links, ['/', '/orders', '/aftersales', '/tour']);
  await member.goto('/orders');
  await member.waitForSelector('table.data tbody tr');
  assert.equal(await member.locator('.list-bar .tool').count(), 0, 'neither batches nor files');
  await member.goto('/members');
  await member.waitForSelector('.page-state strong');
  assert.equal((await member.context().request.get('/v1/members')).status(), 403);
  const { items } = await api(member, '/v1/aftersales?limit=200');
  const waiting = items.find((one) => one.state === 'requested');
  assert.ok(waiting, 'a case waits for the merchant');
  const { acts } = await api(member, `/v1/cases/${waiting.id}`);
  assert.ok(acts.some((act) => act.event === 'approve' && act.enabled), 'after-sales is the member\'s work');

  await row.getByRole('button', { name: '停用' }).click();
  await page.locator('dialog[open] footer button[type=submit]').click();
  await row.locator('.pill.ended').waitFor();
  assert.equal((await member.context().request.get('/v1/session')).status(), 401, 'it is signed out everywhere');
  return { pages: [page, member] };
}

/** A member writes the wrong remark on an order; the main account finds out who, when and from where, and what stood there before. */
async function aWrongRemarkIsTraced(browser, url) {
  const member = await open(browser, url, { login: 'yunduo-stock' });
  const { id, number } = (await api(member, '/v1/orders?limit=1')).items[0];
  const write = async (text) => {
    await member.goto(`/orders/${id}`);
    await member.getByRole('button', { name: '修改', exact: true }).click();
    await member.fill('#merchant-remark', text);
    await member.click('dialog[open] footer button[type=submit]');
    await member.locator('.merchant-remark', { hasText: text }).waitFor();
  };
  await write('送货前请打电话');
  await write('不用打电话，放门口');
  await isClean(member, 'the order with its remark');

  const page = await open(browser, url, { login: 'yunduo' });
  await page.goto(`/orders/${id}`);
  await page.locator('.merchant-remark', { hasText: '放门口' }).waitFor();
  await page.getByRole('link', { name: '修改记录' }).click();
  await page.waitForURL((at) => at.pathname === '/operations' && at.searchParams.get('object') === number);
  const rows = page.locator('table.data tbody tr');
  await rows.nth(1).waitFor();
  assert.equal(await rows.count(), 2);
  const { name } = await api(member, '/v1/session');
  const first = await rows.first().innerText();
  assert.ok(first.includes(name) && first.includes('仓库') && first.includes(number) && first.includes('127.0.0.*'), first);
  await rows.first().getByRole('button', { name: '修改商家备注' }).click();
  await page.waitForSelector('dialog[open] .diff');
  assert.equal(await page.locator('dialog[open] .diff del').innerText(), '送货前请打电话');
  assert.equal(await page.locator('dialog[open] .diff ins').innerText(), '不用打电话，放门口');
  await isClean(page, 'the operation');
  await page.keyboard.press('Escape');

  // From the person to everything that they did, and on to a kind of it.
  await rows.first().getByRole('button', { name, exact: true }).click();
  await page.waitForURL((at) => at.searchParams.get('who')?.startsWith('usr_') ?? false);
  await page.selectOption('select[name=what]', '');
  await page.fill('input[name=object]', '');
  await page.getByRole('button', { name: '查找', exact: true }).click();
  await page.waitForURL((at) => !at.searchParams.has('object') && !at.searchParams.has('what'));
  await rows.getByRole('button', { name: '登录', exact: true }).first().waitFor();
  const file = await page.context().request.get(`/v1/operations/file?what=order.remark_changed&object=${number}`);
  assert.equal((await file.text()).trim().split('\r\n').length, 3, 'headers and both changes');
  const foreign = await open(browser, url, { login: 'hemu' });
  assert.deepEqual((await api(foreign, `/v1/operations?object=${number}`)).items, []);
  return { pages: [member, page, foreign] };
}

export const FLOWS = [
  ['a wrong remark is traced by the main account', aWrongRemarkIsTraced],
  ['a person ends a log-in and changes the password', aPersonLooksAfterTheAccount],
  ['a company registers, mends a wrong code, is approved, gives rights and traces a mistake', aCompanyIsVerified],
  ['two steps guard a log-in until a recovery code ends them', twoStepsGuardALogIn],
  ['a receiver hears what happens and takes it for ours', aReceiverHearsWhatHappens],
  ['a program works with a key until it is revoked', aProgramWorksWithAKey],
  ['a member with a role of its own sees and does only what it allows', aMemberSeesOnlyWhatItsRoleAllows],
  ['three after-sales cases are approved at once', threeCasesAreApprovedAtOnce],
  ['a spoiled file is mapped, tried, imported, corrected and imported to its end', aSpoiledFileIsImportedToItsEnd],
  ['a person logs in, sees the page asked for and logs out', logIn],
  ['the account is reached at every width', theAccountIsReachedAtEveryWidth],
  ['filters and cursors of a list live in the URL', listsLiveInTheUrl],
  ['a filtered list becomes a file that is downloaded and deleted', aFilteredListBecomesAFile],
  ['filters are saved as a view that is renamed, used and deleted', aViewIsSavedAndUsed],
  ['the keyboard alone opens a case from the board', keyboardOpensACase],
  ['packs show rules, graph and checker result', packsShowTheirRules],
];
