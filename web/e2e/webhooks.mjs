// A webhook from its making to its end; on the other side stands the official library of Standard Webhooks for Node.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { isClean, open, until } from './browser.mjs';

/** Somebody else's system: keeps the messages that only try it, and refuses the first one. */
async function receiver() {
  const heard = [];
  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const part of request) body += part;
    if (!body.includes('.webhook.ping.')) return answer.writeHead(204).end();
    heard.push({ headers: request.headers, body });
    return answer.writeHead(heard.length === 1 ? 503 : 204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { heard, url: `http://127.0.0.1:${server.address().port}/in`, end: () => new Promise((resolve) => server.close(resolve)) };
}

export async function aReceiverHearsWhatHappens(browser, url) {
  const { heard, url: address, end } = await receiver();
  const page = await open(browser, url, { login: 'hemu' });
  await page.goto('/members');
  await page.click('.tabs a[href="/webhooks"]');
  await page.click('.page-head .ant-btn-primary');
  await page.waitForSelector('.choices.kinds input');
  await page.fill('#webhook-url', 'ftp://nowhere.example');
  await page.locator('.choices.kinds input').first().check();
  await page.click('dialog[open] footer button[type=submit]');
  await page.waitForSelector('#webhook-url-help[role=alert]');
  await isClean(page, 'a refused address');
  await page.fill('#webhook-url', address);
  await page.click('dialog[open] footer button[type=submit]');
  const secret = await page.locator('.secret code').textContent();
  await isClean(page, 'the secret');
  await page.click('dialog[open] footer button[type=submit]');
  const row = page.locator('table.data tbody tr', { hasText: address });
  await row.getByRole('button', { name: '测试' }).click();

  // Refused once, the message comes again by itself.
  await until('the second try', () => heard.length >= 2);
  const [first, second] = heard;
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  assert.equal(second.body, first.body);
  const library = new Webhook(secret);
  const message = library.verify(second.body, second.headers);
  assert.equal(message.type, 'cn.xiaoer.webhook.ping.v1');
  assert.throws(() => library.verify(second.body.replace('ping', 'pong'), second.headers), /signature/i);
  const late = { ...second.headers, 'webhook-timestamp': String(Number(second.headers['webhook-timestamp']) - 600) };
  assert.throws(() => library.verify(second.body, late), /old/i);
  assert.throws(() => library.verify(second.body, { ...second.headers, 'webhook-id': 'another' }), /signature/i);

  await row.locator('a').click();
  const delivery = page.locator('table.data tbody tr', { hasText: 'webhook.ping' });
  await delivery.getByText('已送达').waitFor();
  await isClean(page, 'deliveries');
  await delivery.locator('.as-link').click();
  await page.locator('.tries li').nth(1).waitFor();
  await isClean(page, 'one delivery');
  await page.click('dialog[open] footer button[type=submit]');
  await until('the replay', () => heard.length >= 3);
  assert.equal(heard.at(-1).headers['webhook-id'], first.headers['webhook-id']);

  await page.click('.page-head a[href="/webhooks"]');
  await row.getByRole('button', { name: '删除' }).click();
  await page.click('dialog[open] footer button[type=submit]');
  await row.waitFor({ state: 'detached' });
  await end();
  return { pages: [page] };
}
