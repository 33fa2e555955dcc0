// docs/TOUR.md, step by step: from the log-in page to a decided case, in both languages; and the tour's other stories as far as they can be done.
import assert from 'node:assert/strict';
import { api, axe, open, PHONE, picture } from './browser.mjs';

const WORDS = {
  en: { tour: 'New here? Take the guided tour', as: /^Open as / },
  'zh-CN': { tour: '不知从哪里看起？先走一遍导览', as: /^以.+的身份打开$/ },
};
const SHORT = { en: 'en', 'zh-CN': 'zh' };

const story = (page, name) => page.locator(`[data-story=${name}]`);
const idIn = (page) => new URL(page.url()).pathname.split('/').pop();

async function isClean(page, where) {
  assert.deepEqual(await axe(page), [], `axe on ${where}`);
}

/** The two minutes of docs/TOUR.md. */
async function newcomer(browser, url, lang) {
  const page = await open(browser, url, { lang });
  await page.goto('/');
  await page.getByRole('link', { name: WORDS[lang].tour }).click();
  await story(page, 'decide').locator('.countdown').waitFor();
  await isClean(page, 'the tour');
  await picture(page, `tour-${SHORT[lang]}`);

  await story(page, 'decide').getByRole('button', { name: WORDS[lang].as }).click();
  await page.waitForURL(/\/cases\//);
  await page.waitForSelector('.case-head .countdown');
  await isClean(page, 'the case');
  await picture(page, `decide-${SHORT[lang]}`);
  const id = idIn(page);
  const before = await api(page, `/v1/cases/${id}`);
  assert.equal(before.state, 'requested');

  const approve = before.acts.find((act) => act.event === 'approve').label[lang === 'en' ? 'en' : 'zh'];
  await page.locator('.acts').getByRole('button', { name: approve, exact: true }).click();
  await page.locator('dialog[open] footer').getByRole('button', { name: approve, exact: true }).click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator('.timeline li', { hasText: approve }).first().waitFor();
  assert.notEqual((await api(page, `/v1/cases/${id}`)).state, 'requested', 'the case is decided');
  await isClean(page, 'the decided case');
  await picture(page, `decided-${SHORT[lang]}`);

  await page.locator('.menu a[href="/tour"]').click();
  await story(page, 'decide').locator('.countdown').waitFor();
  assert.notEqual((await stories(page)).decide.case.id, id, 'the story has found another case');
  return { pages: [page] };
}

async function stories(page) {
  return Object.fromEntries((await api(page, '/v1/demo/tour')).map((told) => [told.story, told]));
}

/** The refusal: closed at first, and open after a talk and evidence. */
async function refusal(browser, url) {
  const page = await open(browser, url, { lang: 'en' });
  await page.goto('/tour');
  await story(page, 'refusal').getByRole('button').last().click();
  await page.waitForSelector('.case-head .countdown');
  const button = (name) => page.getByRole('button', { name, exact: true });
  assert.ok(await button('Reject').isDisabled());
  await button('Record a contact').click();
  await page.fill('#contact-note', 'The buyer insists');
  await button('Confirm').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await button('File evidence').click();
  await page.locator('dialog[open] textarea').fill('Checked before it was sent');
  await button('Confirm').click();
  await page.locator('.acts').getByRole('button', { name: 'Reject', exact: true, disabled: false }).waitFor();
  return { pages: [page] };
}

/** Silence: the operator moves the clock from the tour itself, and the case's history cites its rule. */
async function silence(browser, url) {
  const page = await open(browser, url, { login: 'op', lang: 'en' });
  await page.goto('/tour');
  await story(page, 'silence').getByRole('button', { name: /^Move the clock/ }).click();
  const link = story(page, 'silence').locator('.lived a');
  await link.waitFor({ timeout: 30_000 });
  await link.click();
  await page.waitForSelector('.timeline li');
  const { steps } = await api(page, `/v1/cases/${idIn(page)}`);
  assert.ok(steps.some((step) => step.actor === 'clock' && step.rule), 'a step by the clock cites its rule');
  return { pages: [page] };
}

/** The buyer's phone and the operator's replay open where the tour says. */
async function phoneAndReplay(browser, url) {
  const page = await open(browser, url, { size: PHONE });
  await page.goto('/tour');
  await story(page, 'phone').getByRole('button', { name: WORDS['zh-CN'].as }).click();
  await page.waitForURL(/\/m\/orders\/.*\/apply\//);
  await page.locator('input[value=exchange]').check();
  await page.locator('select').selectOption('quality');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(/\/m\/cases\//);
  await page.waitForSelector('.countdown.big');
  await page.goto('/tour');
  await story(page, 'replay').getByRole('button', { name: WORDS['zh-CN'].as }).click();
  await page.waitForURL(/\/replays$/);
  return { pages: [page] };
}

/** What stands on the licences of two applicants of the demo, where they typed in something else. */
const LICENCES = { mended: '91330106MA2DEM201K', found: { name: '杭州溪云照明科技有限公司', code: '91330106MA2DEM252U', legal_person: '董承泽' } };

/** The applicant whom the log-in page offers mends the code; the operator finds the one that nobody has found so far. */
async function applicantsOfTheDemo(browser, url) {
  const page = await open(browser, url, { lang: 'en' });
  await page.goto('/');
  await page.locator('.people button', { hasText: 'More is asked for' }).click();
  await page.locator('.to-mend #draft-code').fill(LICENCES.mended);
  await page.keyboard.press('Enter');
  await page.locator('.acts button[aria-describedby=why-resubmit]').click();
  await page.click('dialog[open] footer button[type=submit]');
  await page.locator('.on-record').waitFor();
  await isClean(page, "the applicant's page");
  const op = await open(browser, url, { login: 'op', lang: 'en' });
  await op.goto('/verifications');
  await op.locator('table.data tbody tr a', { hasText: LICENCES.found.name }).click();
  await op.waitForFunction(() => (document.querySelector('.viewer img')?.naturalWidth ?? 0) > 0);
  for (const [field, value] of Object.entries(LICENCES.found)) await op.fill(`#read-${field}`, value);
  await op.locator('form', { has: op.locator('#read-code') }).locator('button[type=submit]').click();
  await op.locator('#read-code-help[role=alert]').waitFor();
  await isClean(op, 'the licence with another code');
  return { pages: [page, op] };
}

export const TOUR = [
  ['a newcomer decides a case, in English', (browser, url) => newcomer(browser, url, 'en')],
  ['a newcomer decides a case, in Chinese', (browser, url) => newcomer(browser, url, 'zh-CN')],
  ['the tour tells of a refusal', refusal],
  ["the tour opens the buyer's phone and the replays", phoneAndReplay],
  ['the tour lets silence act', silence],
  ['a visitor mends a code as an applicant and finds a wrong one as a reviewer', applicantsOfTheDemo],
];
