// Organisations on their way into the market, and the pages about them.
import { answers, hangs, isEmpty, problem } from './answers.mjs';
import { api, call, licence, open, register } from './browser.mjs';

const FORM = {
  subject: 'enterprise', legal_person: '韩梅梅', contact: '李雷', phone: '13800001111', email: 'shop@example.com', address: '浙江省杭州市西湖区文三路 1 号', bank_account: '6222020000000012344',
};
const READING = { legal_person: FORM.legal_person };

/** Registers an enterprise, with its papers unless it has no code; gives its log-in, its case, and its page. */
async function applicant(browser, url, name, code) {
  const form = { ...FORM, name, code };
  const login = await register(browser, url, form);
  const page = await open(browser, url, { login });
  const { id } = await api(page, '/v1/verification');
  if (code) {
    const { buffer } = await licence(browser, [['名称', name], ['统一社会信用代码', code], ['法定代表人', FORM.legal_person], ['住所', FORM.address]]);
    const answer = await page.context().request.post('/v1/verification/papers?kind=business_licence', { data: buffer });
    if (!answer.ok()) throw new Error(`paper: ${answer.status()} ${await answer.text()}`);
    await page.context().request.post('/v1/verification/papers?kind=other', { data: Buffer.from('%PDF-1.7\nnothing\n%%EOF\n') });
  }
  return { login, id, page, form };
}

const act = (page, id, event, input) => call(page, `/v1/cases/${id}/acts`, { event, ...(input ? { input } : {}) });

/** One at each place of the way. */
export async function applicants(browser, url) {
  const op = await open(browser, url, { login: 'op' });
  const draft = await applicant(browser, url, '杭州新芽商贸有限公司', '');
  const submitted = await applicant(browser, url, '杭州云上科技有限公司', '91330106MA2000002M');
  await act(submitted.page, submitted.id, 'submit');
  const mending = await applicant(browser, url, '宁波海风进出口有限公司', '91330106MA2000003Q');
  await act(mending.page, mending.id, 'submit');
  await act(op, mending.id, 'request_more', { reason: '营业执照照片反光，统一社会信用代码无法辨认；请重新拍摄并核对代码。', fields: ['code', 'business_licence'] });
  const changing = await applicant(browser, url, '嘉兴南湖食品有限公司', '91330106MA2000004U');
  await act(changing.page, changing.id, 'submit');
  await act(op, changing.id, 'approve', { ...READING, name: changing.form.name, code: changing.form.code });
  const changed = { ...changing.form, name: '嘉兴南湖食品集团有限公司', address: '浙江省嘉兴市南湖区中山路 8 号' };
  await changing.page.context().request.put('/v1/verification/draft', { data: changed });
  await act(changing.page, changing.id, 'report_change');
  const approved = await applicant(browser, url, '绍兴镜湖纺织有限公司', '91330106MA2000005Y');
  await act(approved.page, approved.id, 'submit');
  await act(op, approved.id, 'approve', { ...READING, name: approved.form.name, code: approved.form.code });
  const frozen = await applicant(browser, url, '金华双龙贸易有限公司', '91330106MA20000062');
  await act(frozen.page, frozen.id, 'submit');
  await act(op, frozen.id, 'approve', { ...READING, name: frozen.form.name, code: frozen.form.code });
  await act(op, frozen.id, 'freeze', { reason: '账号疑似被盗：异地登录后修改收款账户' });
  await act(op, frozen.id, 'request_unfreeze');
  for (const one of [draft, submitted, mending, changing, approved, frozen]) await one.page.context().close();
  await op.context().close();
  return { draft, submitted, mending, changing, approved, frozen };
}

async function registerEmpty(page) {
  await page.fill('#register-password', 'one');
  await page.fill('#register-again', 'other');
  await page.click('.register button[type=submit]');
}

async function registerAll(page) {
  await page.locator('.register input[type=radio]').nth(1).check();
  await page.click('.register button[type=submit]');
}

async function saveWrongly(page) {
  await page.fill('#draft-code', '91330106MA20000021');
  await page.click('.main-column button[type=submit]');
}

async function readWrongly(page) {
  await page.fill('#read-name', '杭州云上科技有限公司');
  await page.fill('#read-code', '91330106MA2000003Q');
  await page.fill('#read-legal_person', FORM.legal_person);
  await page.locator('form:has(#read-code) button[type=submit]').click();
}

async function askToMend(page) {
  await readWrongly(page);
  await page.locator('.read-field .ant-btn').click();
}

const refused = problem(422, 'identity.guessable_password', 'This password is easily guessed', 'password');

export const verification = ({ draft, submitted, mending, changing, approved, frozen }) => [
  { name: 'register', path: '/register', login: null, waits: '.register form' },
  { name: 'register-empty', path: '/register', login: null, act: registerEmpty, waits: '.register .bad[role=alert]' },
  { name: 'register-refused', path: '/register', login: null, act: registerAll, waits: '.register .bad[role=alert]', set: answers('**/v1/registrations', 'POST', refused) },
  {
    name: 'registered', path: '/register', login: null, act: registerAll, waits: '.given-login',
    set: answers('**/v1/registrations', 'POST', { status: 200, contentType: 'application/json', body: JSON.stringify({ login: 's01m7k2q9d4c8v' }) }),
  },
  { name: 'verification-draft', path: '/verification', login: draft.login, waits: '.lacking' },
  { name: 'verification-unsaved', path: '/verification', login: draft.login, act: (page) => page.fill('#draft-address', '文三路'), waits: 'form .soon' },
  { name: 'verification-refused', path: '/verification', login: draft.login, act: saveWrongly, waits: '#draft-code-help[role=alert]' },
  { name: 'verification-submitted', path: '/verification', login: submitted.login, waits: '.on-record' },
  { name: 'verification-to-mend', path: '/verification', login: mending.login, waits: '.told-reason' },
  { name: 'verification-paper', path: '/verification', login: mending.login, act: (page) => page.locator('.paper-thumb').first().click(), waits: 'dialog[open] .viewer img' },
  { name: 'verification-approved', path: '/verification', login: approved.login, waits: '.acts' },
  { name: 'verification-none', path: '/verification', login: 'yunduo', waits: '.page-state' },
  { name: 'verification-forbidden', path: '/verification', login: 'yunduo-service', waits: '.page-state' },
  { name: 'verification-waiting', path: '/verification', login: draft.login, set: hangs('**/v1/verification'), waits: '.skeleton' },
  { name: 'verifications', path: '/verifications', login: 'op', waits: 'table.data tbody tr' },
  { name: 'verifications-approved', path: '/verifications?state=approved', login: 'op', waits: 'table.data tbody tr' },
  { name: 'verifications-empty', path: '/verifications', login: 'op', set: isEmpty('**/v1/verifications?*') },
  { name: 'verifications-forbidden', path: '/verifications', login: 'agent', waits: '.page-state' },
  { name: 'review', path: `/verifications/${submitted.id}`, login: 'op', waits: '.viewer img' },
  { name: 'review-differs', path: `/verifications/${submitted.id}`, login: 'op', act: readWrongly, waits: '#read-code-help[role=alert]' },
  { name: 'review-ask', path: `/verifications/${submitted.id}`, login: 'op', act: askToMend, waits: 'dialog[open] .choices' },
  { name: 'review-change', path: `/verifications/${changing.id}`, login: 'op', waits: 'tr.changed' },
  { name: 'review-approved', path: `/verifications/${approved.id}`, login: 'op', waits: '.acts' },
  { name: 'review-frozen', path: `/verifications/${frozen.id}`, login: 'op', waits: '.shut-out' },
  { name: 'review-forbidden', path: `/verifications/${submitted.id}`, login: 'agent', waits: '.page-state' },
  { name: 'review-waiting', path: `/verifications/${submitted.id}`, login: 'op', set: hangs('**/v1/cases/*'), waits: '.skeleton' },
];
