import { App } from 'antd';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act as settle } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startI18n } from '@/i18n';
import { act, caseView } from '@/fixtures';
import type { CaseView } from '@/api/types';
import { ActBar } from './ActBar';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let place: HTMLElement;
let answers: Response[];
let sent: { url: string; body: Record<string, unknown> }[];

beforeAll(() => startI18n('en'));
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  sent = [];
  answers = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push({ url, body: init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {} });
    return Promise.resolve(answers.shift() ?? new Response('{}', { status: 500 }));
  });
});
afterEach(async () => {
  await settle(async () => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
});

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

async function show(view: CaseView) {
  const client = new QueryClient();
  await settle(async () => root.render(<App><QueryClientProvider client={client}><ActBar view={view} context={{ currency: 'CNY' }} /></QueryClientProvider></App>));
}

const buttons = () => [...place.querySelectorAll<HTMLButtonElement>('.acts > li > button')];
const dialog = () => document.querySelector('dialog');

async function choose(index: number) {
  await settle(async () => buttons()[index]?.click());
}

async function submit() {
  await settle(async () => {
    dialog()?.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

const closed = act({ event: 'reject', enabled: false, why_not: { code: 'x', text: 'Evidence first' } });

test('every act says where it leads and a closed one says why', async () => {
  await show(caseView({ acts: [act(), closed] }));
  expect(buttons().map((b) => b.disabled)).toEqual([false, true]);
  expect(place.textContent).toContain('The buyer sends the goods back');
  expect(place.textContent).toContain('Not now: Evidence first');
});

test('an act is sent with the version that was seen', async () => {
  await show(caseView({ version: 7, acts: [act()] }));
  await choose(0);
  answers = [json(caseView({ version: 8 }))];
  await submit();
  expect(sent[0]).toEqual({ url: '/v1/cases/cas_1/acts', body: { event: 'approve', version: 7 } });
  expect(dialog()).toBeNull();
});

test('a missing field is told at the field and nothing is sent', async () => {
  await show(caseView({ acts: [act({ form: [{ name: 'waybill', kind: 'text', is_required: true }] })] }));
  await choose(0);
  await submit();
  expect(sent).toEqual([]);
  expect(document.querySelector('#act-approve-waybill-help')?.textContent).toBe('Waybill is needed');
});

test('a problem of the server lands at its field', async () => {
  await show(caseView({ acts: [act({ form: [{ name: 'note', kind: 'text', is_required: false }] })] }));
  await choose(0);
  answers = [json({ code: 'aftersales.bad_input', detail: 'Too long', field: 'input/note' }, 422)];
  await submit();
  expect(document.querySelector('#act-approve-note-help')?.textContent).toBe('Too long');
});

test('a conflict shows what the case became and stops an act that is gone', async () => {
  await show(caseView({ acts: [act()] }));
  await choose(0);
  answers = [
    json({ code: 'case.version', detail: 'no' }, 409),
    json(caseView({ version: 4, state: 'rejected', state_label: { zh: 'Rejected', en: 'Rejected' } })),
  ];
  await submit();
  expect(dialog()?.textContent).toContain('from “Requested” to “Rejected”');
  expect(dialog()?.querySelector<HTMLButtonElement>('footer button[type=submit]')?.disabled).toBe(true);
});

test('what is to be mended is ticked, whatever else the act asks, and sent as a list', async () => {
  await show(caseView({ acts: [act({ form: [{ name: 'fields', kind: 'fields', is_required: false }] })] }));
  await choose(0);
  const boxes = [...document.querySelectorAll<HTMLInputElement>('dialog input[type=checkbox]')];
  expect(boxes.length).toBe(11);
  const box = (name: string) => boxes.find((one) => one.name === `act-approve-fields-${name}`);
  for (const name of ['business_licence', 'code', 'email', 'email']) await settle(async () => box(name)?.click());
  answers = [json(caseView({ version: 4 }))];
  await submit();
  expect(sent[0]?.body.input).toEqual({ fields: ['code', 'business_licence'] });
});
