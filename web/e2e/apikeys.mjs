// A key of the open API: made in the console, used by a program that has nothing else, found in the operation log, revoked.
import assert from 'node:assert/strict';
import { isClean, open } from './browser.mjs';

/** What a program gets that comes with `token` alone. */
async function called(url, token, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(new URL(path, url), { headers, method: body ? 'PATCH' : 'GET', body: body && JSON.stringify(body) });
  return { status: response.status, json: await response.json().catch(() => null) };
}

export async function aProgramWorksWithAKey(browser, url) {
  const page = await open(browser, url, { login: 'hemu', lang: 'en' });
  await page.goto('/members');
  await page.click('.tabs a[href="/api-keys"]');
  await page.click('.list-bar .ant-btn-primary');
  await page.fill('#key-name', 'Packing line');
  await page.waitForSelector('dialog[open] .permission-groups');
  assert.equal(await page.locator('dialog[open] input[name="members.manage"]').count(), 0, 'what stays with people is not offered');
  for (const word of ['orders.manage', 'orders.remark']) await page.check(`dialog[open] input[name="${word}"]`);
  await isClean(page, 'the new key');
  await page.click('dialog[open] footer button[type=submit]');
  const token = await page.locator('.token code').textContent();
  await isClean(page, 'the token');
  await page.click('dialog[open] footer button[type=submit]');
  const row = page.locator('table.data tbody tr', { hasText: 'Packing line' });
  await row.waitFor();
  assert.ok(!(await row.textContent()).includes(token), 'shown once');

  const orders = await called(url, token, '/v1/orders?limit=1');
  assert.equal(orders.status, 200);
  assert.equal((await called(url, token, '/v1/members')).status, 403);
  assert.equal((await called(url, token, '/v1/sessions')).json.code, 'web.people_only');
  const { id, number } = orders.json.items[0];
  const { json: order } = await called(url, token, `/v1/orders/${id}`);
  const remark = { remark: 'Packed by the line', seen: order.merchant_remark?.id ?? null };
  assert.equal((await called(url, token, `/v1/orders/${id}/remark`, remark)).status, 200);

  await page.goto(`/operations?object=${number}&what=order.remark_changed`);
  const entry = page.locator('table.data tbody tr').first();
  await entry.waitFor();
  assert.match(await entry.textContent(), /Packing line/);

  await page.click('.tabs a[href="/api-keys"]');
  await row.getByRole('button', { name: 'Revoke' }).click();
  await isClean(page, 'revoking');
  await page.click('dialog[open] footer button[type=submit]');
  await row.locator('.pill.ended').first().waitFor();
  assert.equal((await called(url, token, '/v1/orders?limit=1')).status, 401);
  return { pages: [page] };
}
