// Pages and the states they can be in: with data, without, waiting, refused, failing, cut off. `set` prepares the page before it is opened,
// `act` does something on it, `waits` is what has to be seen instead of a page that has come to rest.
import { answers, fails, hangs, isEmpty, problem } from './answers.mjs';
import { api, call, open, png, until } from './browser.mjs';
import { applicants, verification } from './applicants.mjs';

const isCut = (page) => page.routeWebSocket(/\/v1\/live/, (socket) => socket.close());

/** A file with good and bad rows. */
const FILE = ['订单编号,商家编码,商品标题,数量,单价,下单时间,买家,收货人,手机,收货地址', ...Array.from({ length: 40 }, (_, n) =>
  `IMP${n},SKU-${n % 5},棉质长袖衬衫 春夏新款 ${n % 5} 号,${n % 9 === 4 ? '两件' : 1 + (n % 3)},${n % 9 === 5 ? '-1' : '129.00'},2026-01-02 10:${10 + n}:00,买家${n},王小明,13800000000,浙江省杭州市西湖区文三路 ${n} 号`)].join('\n');

/** Three files at the desk: just uploaded, tried, and without a single good row. */
async function imports(merchant) {
  const send = async (text) => {
    const answer = await merchant.context().request.post('/v1/imports?name=淘宝导出-2026-01.csv', { data: Buffer.from(text) });
    return (await answer.json()).id;
  };
  const fresh = await send(FILE);
  const { guess } = await api(merchant, `/v1/imports/${fresh}/preview`);
  const { shops } = await api(merchant, '/v1/session');
  const source = await call(merchant, '/v1/import-sources', { name: '淘宝导出', shop: shops[0].id, settings: { columns: guess } });
  const tried = await send(FILE);
  await call(merchant, `/v1/imports/${tried}/start`, { source: source.id, dry_run: true });
  await until('the dry run', async () => (await api(merchant, `/v1/imports/${tried}`)).state === 'checked');
  return { fresh, tried };
}

/** Files of orders: masked and in full, of everything and of what was searched for. */
async function exported(merchant) {
  const { shops } = await api(merchant, '/v1/session');
  const wanted = [{ format: 'xlsx', plain: true }, { format: 'csv', q: '13800000000' }, { format: 'xlsx', shop: shops[0].id, state: 'completed' }];
  for (const body of wanted) {
    const { id } = await call(merchant, '/v1/exports', body);
    await until('the export', async () => (await api(merchant, `/v1/exports/${id}`)).state === 'done');
  }
}

/** A remark for orders to be shipped, for some that are shipped, and for one that is not there: two outcomes on a page. */
async function remarked(browser, url) {
  const merchant = await open(browser, url, { login: 'yuexiang' });
  const of = async (state) => (await api(merchant, `/v1/orders?state=${state}&limit=6`)).items.map(({ id }) => ({ id }));
  const cases = [...(await of('pending_ship')), ...(await of('shipped')), { id: 'cas_0000000000001' }];
  const { id } = await call(merchant, '/v1/batches', { kind: 'order', event: 'edit', input: { remark: '礼盒包装' }, note: '客户来电统一改备注', cases });
  await until('the batch', async () => (await api(merchant, `/v1/batches/${id}`)).state === 'done');
  await merchant.context().close();
  return id;
}

async function ids(browser, url) {
  const merchant = await open(browser, url, { login: 'yunduo' });
  await exported(merchant);
  const batch = await remarked(browser, url);
  await call(merchant, '/v1/views', { list: 'orders', name: '待发货', filters: { state: 'pending_shipment' }, is_shared: true });
  await call(merchant, '/v1/views', { list: 'orders', name: '已完成的大单', filters: { state: 'completed' } });
  const desk = await imports(merchant);
  // One that money has moved for: its page has a ledger.
  const order = (await api(merchant, '/v1/orders?limit=200')).items.find(({ state }) => ['shipped', 'delivered', 'completed'].includes(state)).id;
  const cases = (await api(merchant, '/v1/aftersales?limit=50')).items;
  await merchant.context().close();
  const operator = await open(browser, url, { login: 'op' });
  const over = (await api(operator, '/v1/aftersales?limit=50')).items.find((c) => c.closed_at);
  const replay = await lived(operator);
  await operator.context().close();
  const buyer = await open(browser, url, { login: 'lin' });
  const orders = (await api(buyer, '/v1/orders?limit=50')).items;
  const own = (orders.find((o) => o.state === 'delivered') ?? orders[0]).id;
  const line = (await api(buyer, `/v1/orders/${own}`)).lines[0].id;
  const applied = (await api(buyer, '/v1/aftersales?limit=50')).items;
  const mine = (applied.find((c) => c.state === 'requested') ?? applied.find((c) => !c.closed_at)).id;
  await buyer.context().close();
  return { order, waiting: (cases.find((c) => c.state === 'requested') ?? cases[0]).id, over: over.id, own, line, mine, desk, replay, batch, ...(await applicants(browser, url)) };
}

const withData = ({ order, waiting, over, desk, replay, batch }) => [
  { name: 'batches', path: '/batches', login: 'yuexiang' },
  { name: 'batch', path: `/batches/${batch}`, login: 'yuexiang' },
  { name: 'batch-refused', path: `/batches/${batch}?outcome=refused`, login: 'yuexiang', waits: 'td .bad' },
  { name: 'imports', path: '/imports', login: 'yunduo' },
  { name: 'import-columns', path: `/imports/${desk.fresh}`, login: 'yunduo' },
  { name: 'import-checked', path: `/imports/${desk.tried}`, login: 'yunduo', waits: '.bad-table' },
  { name: 'import-of-others', path: `/imports/${desk.tried}`, login: 'agent' },
  { name: 'members', path: '/members', login: 'yunduo' },
  { name: 'members-of-platform', path: '/members', login: 'op' },
  { name: 'members-forbidden', path: '/members', login: 'yunduo-service' },
  { name: 'roles', path: '/roles', login: 'yunduo', waits: '.words' },
  { name: 'webhooks', path: '/webhooks', login: 'yunduo' },
  { name: 'api-keys', path: '/api-keys', login: 'yunduo' },
  { name: 'operations', path: '/operations', login: 'yunduo', waits: 'table.data tbody tr' },
  { name: 'operations-of-everybody', path: '/operations?who=anybody', login: 'op', waits: 'table.data tbody tr' },
  { name: 'operations-of-nobody', path: '/operations?address=192.0.2.1', login: 'audit', waits: '.page-state' },
  { name: 'operations-forbidden', path: '/operations', login: 'yunduo-service' },
  { name: 'log-in', path: '/', login: null },
  { name: 'account', path: '/account', login: 'yunduo', waits: '.log-ins li' },
  { name: 'account-of-a-buyer', path: '/account', login: 'lin', waits: '.log-ins li' },
  { name: 'tour-outside', path: '/tour', login: null },
  { name: 'tour', path: '/tour', login: 'op' },
  { name: 'board', path: '/', login: 'yunduo' },
  { name: 'orders', path: '/orders', login: 'yunduo' },
  { name: 'orders-view', path: '/orders?state=completed', login: 'yunduo', waits: '.views [aria-current]' },
  { name: 'exports', path: '/exports', login: 'yunduo' },
  { name: 'exports-of-others', path: '/exports', login: 'op' },
  { name: 'order', path: `/orders/${order}`, login: 'yunduo' },
  { name: 'aftersales', path: '/aftersales', login: 'op' },
  { name: 'case', path: `/cases/${waiting}`, login: 'yunduo' },
  { name: 'case-ended', path: `/cases/${over}`, login: 'op' },
  { name: 'packs', path: '/packs', login: 'op' },
  { name: 'pack-clocks', path: '/packs/kuaishou-goods/exchange', login: 'op' },
  { name: 'pack-rules', path: '/packs/kuaishou-goods/exchange?view=rules', login: 'op' },
  { name: 'pack-graph', path: '/packs/kuaishou-goods/exchange?view=graph', login: 'op' },
  { name: 'pack-check', path: '/packs/kuaishou-goods/exchange?view=check', login: 'op' },
  { name: 'replays', path: '/replays', login: 'op' },
  { name: 'replay', path: `/replays/${replay}`, login: 'op', waits: '.replay-changed' },
  { name: 'differences', path: '/differences/kuaishou-goods/taobao', login: 'op' },
  { name: 'calendar', path: '/calendars/cn/2026', login: 'yunduo' },
  { name: 'calendar-unknown', path: '/calendars/cn/2027', login: 'op' },
  { name: 'demo', path: '/demo', login: 'op' },
  { name: 'status', path: '/status', login: 'audit', waits: '.keepers' },
];

/** The whole record, which the demo has not sealed to its end. */
async function checkChain(page) {
  await page.locator('.page-head .as-link').click();
  await page.locator('dialog[open] .ant-btn-primary').click();
}

const opened = ({ order, waiting, replay }) => [
  { name: 'member-add', path: '/members', login: 'yunduo', act: (page) => page.locator('.list-bar .ant-btn-primary').click(), waits: 'dialog[open] #member-role:has(option)' },
  { name: 'member-edit', path: '/members', login: 'yunduo', act: (page) => page.locator('td .ant-btn').nth(1).click(), waits: 'dialog[open] #member-role:has(option)' },
  { name: 'member-disable', path: '/members', login: 'yunduo', act: (page) => page.locator('td .ant-btn').nth(2).click(), waits: 'dialog[open] footer' },
  { name: 'role-edit', path: '/roles', login: 'yunduo', act: (page) => page.locator('td .ant-btn').first().click(), waits: 'dialog[open] .permission-groups' },
  { name: 'webhook-add', path: '/webhooks', login: 'yunduo', act: (page) => page.locator('.page-head .ant-btn-primary').click(), waits: 'dialog[open] .choices.kinds input' },
  { name: 'api-key-make', path: '/api-keys', login: 'op', act: (page) => page.locator('.list-bar .ant-btn-primary').click(), waits: 'dialog[open] .permission-groups' },
  { name: 'keys-rotate', path: '/status', login: 'op', act: (page) => page.locator('.card .ant-btn').last().click(), waits: 'dialog[open] footer' },
  { name: 'operation', path: '/operations?what=identity.role_created', login: 'yunduo', act: (page) => page.locator('td .as-link').nth(1).click(), waits: 'dialog[open] .diff' },
  { name: 'operations-check', path: '/operations', login: 'audit', act: checkChain, waits: 'dialog[open] .checks .good' },
  { name: 'order-remark', path: `/orders/${order}`, login: 'yunduo-stock', act: (page) => page.getByRole('button', { name: /^(修 ?改|Change)$/ }).click(), waits: 'dialog[open] #merchant-remark' },
  { name: 'replay-courses', path: `/replays/${replay}`, login: 'op', act: (page) => page.locator('.replay-changed td .cite').first().click(), waits: 'dialog[open] .replay-steps' },
  { name: 'calendar-preview', path: '/calendars/cn/2026', login: 'op', act: correctDays, waits: '.moves' },
  { name: 'case-dialog', path: `/cases/${waiting}`, login: 'yunduo', act: (page) => page.locator('.acts button:enabled').first().click(), waits: 'dialog[open]' },
  { name: 'case-rule', path: `/cases/${waiting}`, login: 'yunduo', act: (page) => page.locator('.case-head .cite').first().click(), waits: 'dialog[open] .rule-text' },
  { name: 'case-rule-hover', path: `/cases/${waiting}`, login: 'yunduo', act: (page) => page.locator('.case-head .cite').first().hover(), waits: '.ant-popover .rule-text' },
  { name: 'case-evidence', path: `/cases/${waiting}`, login: 'yunduo', act: fileEvidence, waits: 'dialog[open] .photos img' },
  { name: 'orders-columns', path: '/orders', login: 'yunduo', act: (page) => page.locator('.list-bar > button').last().click(), waits: '.column-boxes' },
  { name: 'orders-filter', path: '/orders', login: 'yunduo', act: (page) => page.locator('.list-bar .ant-select').click(), waits: '.ant-select-dropdown' },
  { name: 'orders-selected', path: '/orders', login: 'yunduo', act: (page) => page.locator('tbody input[type=checkbox]').first().check(), waits: '.batch .muted' },
  { name: 'orders-selected-all', path: '/orders', login: 'yunduo', act: selectAll, waits: '.batch strong' },
  { name: 'aftersales-kinds', path: '/aftersales', login: 'op', act: selectPage, waits: '.batch .muted' },
  { name: 'aftersales-batch', path: '/aftersales?kind=exchange&state=requested', login: 'yunduo', act: chooseAct, waits: 'dialog[open] .consequence' },
  { name: 'orders-export', path: '/orders?state=completed', login: 'yunduo', act: openExport, waits: 'dialog[open] .choices' },
  { name: 'orders-export-search', path: '/orders?q=1234', login: 'yunduo', act: openExport, waits: 'dialog[open] .choices' },
  { name: 'orders-view-save', path: '/orders?state=closed', login: 'yunduo', act: openView, waits: 'dialog[open] #view-target' },
  { name: 'orders-view-edit', path: '/orders?state=completed', login: 'yunduo', act: openView, waits: 'dialog[open] #view-place' },
  { name: 'aftersales-view-save', path: '/aftersales?kind=exchange', login: 'op', act: openView, waits: 'dialog[open] #view-name' },
  { name: 'order-ledger', path: `/orders/${order}`, login: 'op', act: (page) => page.locator('main summary').first().click(), waits: 'details[open]' },
  { name: 'account-two-steps', path: '/account', login: 'hemu', act: beginTwoSteps, waits: 'dialog[open] .second-factor-secret svg' },
  { name: 'log-in-everybody', path: '/', login: null, act: openAll, waits: '.people details[open]' },
  { name: 'help', path: '/', login: 'yunduo', act: (page) => page.keyboard.press('?'), waits: 'dialog.help[open]' },
];

/** A replay of the whole demo, when it has come to its end. */
async function lived(page) {
  const { id } = await call(page, '/v1/policy/replays', { pack: 'taobao', since: '2020-01-01T00:00:00Z' });
  while (!(await api(page, `/v1/policy/replays/${id}`)).report) await page.waitForTimeout(100);
  return id;
}

/** A week off, looked at and not saved. */
async function correctDays(page) {
  await page.locator('.calendar-legend button').click();
  const [from, to] = [page.locator('.calendar-editor input').nth(0), page.locator('.calendar-editor input').nth(1)];
  await from.fill('2026-01-12');
  await to.fill('2026-01-16');
  await page.locator('.calendar-editor button').nth(0).click();
  await page.locator('.calendar-editor button.ant-btn-primary').click();
}

/** As far as the code of the app, which is not typed in. */
async function beginTwoSteps(page) {
  await page.locator('.account .card').last().locator('button').click();
  await page.fill('#enrol-password', 'demo');
  await page.keyboard.press('Enter');
}

const openAll = (page) => page.locator('.people summary').evaluateAll((all) => all.forEach((summary) => summary.click()));

/** A market in which no case is left for the tour. */
const toldOut = (page) =>
  page.route('**/v1/demo/tour', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: (await answer.json()).map((story) => ({ ...story, path: null, case: null })) });
  });

async function fileEvidence(page) {
  await page.locator('.main-column .card > header button').first().click();
  await page.setInputFiles('#evidence-photos', png(120));
}

/** The whole page by one box and the button that follows. */
async function selectPage(page) {
  await page.locator('tbody input[type=checkbox]').first().check();
  await page.locator('.batch > button').first().click();
}

async function selectAll(page) {
  await selectPage(page);
  await page.locator('.batch > button:enabled').first().filter({ hasText: /\d/ }).click();
}

async function chooseAct(page) {
  const boxes = page.locator('tbody input[type=checkbox]');
  await boxes.first().check();
  await page.locator('.batch-acts button:enabled').nth(1).click();
}

/** A batch as the server would tell of it. */
const batchIs = (change) => async (page) =>
  page.route('**/v1/batches/bat_*', async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    await route.fulfill({ response: answer, json: json.counts ? { ...json, ...change } : json });
  });

const openView = (page) => page.locator('.views > .ant-btn').click();

async function saveView(page) {
  await openView(page);
  await page.fill('#view-name', 'again');
  await page.locator('dialog[open] footer button').last().click();
}

const openExport = (page) => page.locator('.list-bar > .tool + button').click();

async function sendExport(page) {
  await openExport(page);
  await page.locator('dialog[open] footer button').last().click();
}

/** Every export in one state, as the server would tell of it. */
const exportsIn = (change) => async (page) =>
  page.route('**/v1/exports?*', async (route) => {
    const answer = await route.fetch();
    const { items, next } = await answer.json();
    await route.fulfill({ response: answer, json: { items: items.map((item) => ({ ...item, ...change })), next } });
  });

async function sendEmpty(page) {
  await page.locator('.side-column .card > header button').first().click();
  await page.locator('dialog[open] footer button').last().click();
}

async function sendAct(page) {
  await page.locator('.acts button:enabled').first().click();
  await page.locator('dialog[open] footer button').last().click();
}

async function logInWrongly(page) {
  await page.locator('input[autocomplete=username]').fill('nobody');
  await page.locator('input[type=password]').fill('wrong');
  await page.locator('button[type=submit]').click();
}

const running = (change) => async (page) =>
  page.route('**/v1/imports/imp_*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change } });
  });

async function uploadRefused(page) {
  await page.setInputFiles('#import-file', { name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.from('') });
}

const COUNTS = { all: 12_430, waiting: 8_930, done: 3_465, refused: 35, cancelled: 0 };
const MORE = { zh: '符合条件的单据多于您看到的 40 个，未执行任何操作；请重新选择', en: 'More cases matched than the 40 you had seen; nothing was done, choose again' };

const without = ({ order, waiting, desk, batch }) => [
  { name: 'batches-empty', path: '/batches', login: 'yunduo', set: isEmpty('**/v1/batches?*') },
  { name: 'batches-waiting', path: '/batches', login: 'yuexiang', set: hangs('**/v1/batches?*'), waits: '.skeleton' },
  { name: 'batches-forbidden', path: '/batches', login: 'audit' },
  { name: 'batch-running', path: `/batches/${batch}`, login: 'yuexiang', waits: 'progress', set: batchIs({ state: 'running', counts: COUNTS, ended_at: null, expires_at: null }) },
  { name: 'batch-failed', path: `/batches/${batch}`, login: 'yuexiang', waits: '.form-failure', set: batchIs({ state: 'failed', list: 'orders', wanted_state: 'pending_ship', failure: MORE }) },
  { name: 'batch-of-others', path: `/batches/${batch}`, login: 'op' },
  { name: 'imports-empty', path: '/imports', login: 'yunduo', set: isEmpty('**/v1/imports?*') },
  { name: 'imports-refused', path: '/imports', login: 'yunduo', act: uploadRefused, waits: '.photos .bad' },
  { name: 'import-running', path: `/imports/${desk.tried}`, login: 'yunduo', waits: 'progress', set: running({ state: 'running', is_dry: false, done: 12, total: 40 }) },
  { name: 'import-failed', path: `/imports/${desk.tried}`, login: 'yunduo', waits: '.form-failure', set: running({ state: 'failed', failure: { code: 'broken', text: { zh: '文件不完整或无法解压', en: 'The file is incomplete' } } }) },
  { name: 'import-deleted', path: `/imports/${desk.tried}`, login: 'yunduo', waits: '.figures', set: running({ has_file: false }) },
  { name: 'import-forget', path: `/imports/${desk.tried}`, login: 'yunduo', act: (page) => page.click('.page-head button'), waits: 'dialog[open]' },
  { name: 'import-done', path: `/imports/${desk.tried}`, login: 'yunduo', waits: '.figures', set: running({ state: 'done', is_dry: false }) },
  {
    name: 'orders-view-refused', path: '/orders?q=1', login: 'yunduo', act: saveView, waits: 'dialog[open] .form-failure',
    set: answers('**/v1/views', 'POST', problem(409, 'casework.view_name_taken', 'You have a view of this name', 'name')),
  },
  { name: 'exports-empty', path: '/exports', login: 'yunduo', set: isEmpty('**/v1/exports?*') },
  { name: 'exports-waiting', path: '/exports', login: 'yunduo', set: hangs('**/v1/exports?*'), waits: '.skeleton' },
  { name: 'exports-forbidden', path: '/exports', login: 'agent' },
  { name: 'exports-failed', path: '/exports', login: 'yunduo', waits: 'td .bad', set: exportsIn({ state: 'failed', failure: { zh: '导出时出错，已记录；请重新导出', en: 'The export failed, which was written down; export again' } }) },
  { name: 'exports-gone', path: '/exports', login: 'yunduo', set: exportsIn({ state: 'expired', wanted: {}, expires_at: null }) },
  {
    name: 'orders-export-refused', path: '/orders', login: 'yunduo', act: sendExport, waits: 'dialog[open] .form-failure',
    set: answers('**/v1/exports', 'POST', problem(409, 'exports.too_many_open', 'Your organisation has 3 exports under way; wait for one or cancel it')),
  },
  { name: 'exports-running', path: '/exports', login: 'yunduo', waits: 'td progress', set: exportsIn({ state: 'running', orders_done: 3_500, orders_all: 12_000, expires_at: null, ended_at: null }) },
  { name: 'board-empty', path: '/', login: 'audit' },
  { name: 'orders-empty', path: '/orders?q=000000000000000', login: 'yunduo' },
  { name: 'aftersales-empty', path: '/aftersales', login: 'op', set: isEmpty('**/v1/aftersales?*') },
  { name: 'tour-told-out', path: '/tour', login: 'op', set: toldOut },
  { name: 'demo-empty', path: '/demo', login: 'op', set: isEmpty('**/v1/demo/parcels') },
  { name: 'board-waiting', path: '/', login: 'yunduo', set: hangs('**/v1/board?*'), waits: '.skeleton' },
  { name: 'orders-waiting', path: '/orders', login: 'yunduo', set: hangs('**/v1/orders?*'), waits: '.skeleton' },
  { name: 'case-waiting', path: `/cases/${waiting}`, login: 'yunduo', set: hangs('**/v1/cases/*'), waits: '.skeleton' },
  { name: 'missing', path: '/orders/cas_0000000000000', login: 'yunduo' },
  { name: 'nowhere', path: '/no/such/page', login: 'yunduo' },
  { name: 'forbidden', path: '/demo', login: 'yunduo' },
  { name: 'forbidden-order', path: `/orders/${order}`, login: 'yunduo', set: fails('**/v1/orders/*', 403) },
  { name: 'for-buyers', path: '/', login: 'lin' },
  { name: 'orders-failed', path: '/orders', login: 'yunduo', set: fails('**/v1/orders?*'), waits: '.page-state[role=alert]' },
  { name: 'live-cut', path: '/', login: 'yunduo', set: isCut, waits: '.live.off' },
  { name: 'log-in-refused', path: '/', login: null, set: answers('**/v1/session', 'POST', problem(401, 'identity.wrong', 'Login or password is wrong')), act: logInWrongly, waits: '[role=alert]' },
  { name: 'case-dialog-required', path: `/cases/${waiting}`, login: 'yunduo', act: sendEmpty, waits: 'dialog[open] .field .bad[role=alert]' },
  {
    name: 'case-dialog-failed', path: `/cases/${waiting}`, login: 'yunduo', act: sendAct, waits: 'dialog[open] .form-failure',
    set: answers('**/v1/cases/*/acts', 'POST', problem(500, 'web.internal', 'Something went wrong here; it was written down')),
  },
  {
    name: 'case-photo-failed', path: `/cases/${waiting}`, login: 'yunduo', act: fileEvidence, waits: 'dialog[open] .photos .bad',
    set: answers('**/v1/uploads', 'POST', problem(422, 'aftersales.bad_picture', 'This is no picture that can be read', 'body')),
  },
];

async function applyEmpty(page) {
  await page.selectOption('select', 'quality');
  await page.locator('input[inputmode=decimal]').fill('1,2,3');
  await page.setInputFiles('#apply-photos', png(60));
}

async function applyRefused(page) {
  await page.selectOption('select', 'quality');
  await page.locator('button[type=submit]').click();
}

const portal = ({ own, line, mine }) => [
  { name: 'portal-log-in', path: '/m', login: null },
  { name: 'portal-orders', path: '/m', login: 'lin' },
  { name: 'portal-order', path: `/m/orders/${own}`, login: 'lin' },
  { name: 'portal-apply', path: `/m/orders/${own}/apply/${line}`, login: 'lin' },
  { name: 'portal-case', path: `/m/cases/${mine}`, login: 'lin' },
  { name: 'portal-act', path: `/m/cases/${mine}`, login: 'lin', act: (page) => page.locator('.acts button:enabled').first().click(), waits: '.act-form' },
  { name: 'portal-empty', path: '/m', login: 'lin', set: isEmpty('**/v1/orders?*') },
  { name: 'portal-waiting', path: '/m', login: 'lin', set: hangs('**/v1/orders?*'), waits: '.skeleton' },
  { name: 'portal-failed', path: '/m', login: 'lin', set: fails('**/v1/orders?*'), waits: '.page-state[role=alert]' },
  { name: 'portal-missing', path: '/m/cases/cas_0000000000000', login: 'lin', waits: '.page-state[role=alert]' },
  { name: 'portal-not-buyer', path: '/m', login: 'yunduo' },
  { name: 'portal-refused', path: '/m', login: null, set: answers('**/v1/session', 'POST', problem(401, 'identity.wrong', 'Login or password is wrong')), act: logInWrongly, waits: '.failure' },
  {
    name: 'portal-apply-bad', path: `/m/orders/${own}/apply/${line}`, login: 'lin', act: applyEmpty, waits: '.photos .bad',
    set: answers('**/v1/uploads', 'POST', problem(422, 'aftersales.bad_picture', 'This is no picture that can be read', 'body')),
  },
  {
    name: 'portal-apply-refused', path: `/m/orders/${own}/apply/${line}`, login: 'lin', act: applyRefused, waits: '.field .bad, .failure',
    set: answers('**/v1/aftersales', 'POST', problem(422, 'aftersales.bad_reason', 'This reason does not fit', 'reason')),
  },
];

export async function statesOf(browser, url) {
  const known = await ids(browser, url);
  return [withData, opened, without, portal, verification].flatMap((part) => part(known));
}
