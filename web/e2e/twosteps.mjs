// Two-step verification from the first look at it to the way back, with codes reckoned by Node's own crypto (RFC 6238).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { isClean, open } from './browser.mjs';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** What an app with the secret shows `ahead` steps from now. */
function shown(secret, ahead = 0) {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor((performance.timeOrigin + performance.now()) / STEP_MS) + ahead));
  const digest = createHmac('sha1', key).update(step).digest();
  const word = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fff_ffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** On by the app; a log-in with a wrong, then a right code; off by a recovery code. */
export async function twoStepsGuardALogIn(browser, url) {
  const login = 'songjian';
  const page = await open(browser, url, { login });
  await page.goto('/account');
  const card = page.locator('.account .card').last();
  await card.locator('button').click();
  await page.fill('#enrol-password', 'wrong');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog [role=alert]');
  await page.fill('#enrol-password', 'demo');
  await page.keyboard.press('Enter');
  const secret = await page.locator('.second-factor-secret code').textContent();
  await isClean(page, 'the secret');
  await page.fill('#enrol-code', '000');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog [role=alert]');
  await page.fill('#enrol-code', shown(secret));
  await page.keyboard.press('Enter');
  await page.locator('.recovery-codes li').nth(9).waitFor();
  const codes = await page.locator('.recovery-codes li').allTextContents();
  assert.equal(new Set(codes).size, 10);
  await isClean(page, 'recovery codes');
  await page.click('dialog footer .ant-btn-primary');
  await card.locator('button').nth(1).waitFor();

  const phone = await open(browser, url, { lang: 'en', size: { width: 390, height: 844 } });
  await phone.goto('/account');
  await phone.fill('#login', login);
  await phone.fill('#password', 'demo');
  await phone.click('button[type=submit]');
  await phone.fill('#code', shown(secret));
  await phone.click('button[type=submit]');
  // The code that turned it on is used up.
  await phone.waitForSelector('[role=alert]');
  await isClean(phone, 'a log-in with a code');
  await phone.fill('#code', shown(secret, 1));
  await phone.click('button[type=submit]');
  await phone.waitForSelector('.log-ins li');

  await card.locator('button').nth(1).click();
  await page.fill('#proof-password', 'demo');
  await page.fill('#proof-code', codes[0].toLowerCase());
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  const answer = await phone.context().request.post('/v1/session', { data: { login, password: 'demo' } });
  assert.equal(answer.status(), 200, 'the password alone is enough again');
  return { pages: [page, phone] };
}
