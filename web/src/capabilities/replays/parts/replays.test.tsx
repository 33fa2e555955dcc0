import { App } from 'antd';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act as settle, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import i18next from 'i18next';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startI18n } from '@/i18n';
import type { CaseCourses, Course, Replay, ReplayChanged, ReplayReport } from '@/api/types';
import { OwnPacks } from '../pages/Replay';
import { Period, shopOf } from '../pages/Replays';
import { Ask } from './Ask';
import { Changed } from './Changed';
import { OneCourse } from './Courses';
import { later } from './Totals';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

vi.mock('@tanstack/react-router', async (load) => ({
  ...(await load<object>()),
  Link: ({ to, params, children }: { to: string; params?: Record<string, string>; children: ReactNode }) => (
    <a href={Object.entries(params ?? {}).reduce((path, [name, value]) => path.replace(`$${name}`, value), to)}>{children}</a>
  ),
  useNavigate: () => () => undefined,
}));

let root: Root;
let place: HTMLElement;

beforeAll(() => startI18n('en'));
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(async () => {
  await settle(async () => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
});

async function show(what: ReactNode) {
  await settle(async () => root.render(<App><QueryClientProvider client={new QueryClient()}>{what}</QueryClientProvider></App>));
}

const texts = (selector: string) => [...place.querySelectorAll(selector)].map((found) => found.textContent);
const label = (en: string) => ({ zh: en, en });
const words = {
  kind: label('Refund'), states: { requested: label('Waiting'), closed: label('Closed') },
  events: { opened: label('Opened'), withdraw: label('Withdraw'), lapse: label('Lapses by silence'), warn: label('Platform steps in') }, rules: {},
};
const course: Course = {
  steps: [
    { at: '2026-01-05T01:00:00Z', event: 'opened', party: 'buyer', to: 'requested' },
    { at: '2026-01-08T01:00:00Z', event: 'lapse', party: 'system', to: 'closed' },
  ],
  state: 'closed', closed_at: '2026-01-08T01:00:00Z',
  dropped: [{ at: '2026-01-06T01:00:00Z', event: 'withdraw', why: 'refused' }], pending: [], uncertain: [],
};
const running: Course = {
  ...course, steps: course.steps.slice(0, 1), state: 'requested', closed_at: null, dropped: [],
  pending: [{ clock: 'warning', event: 'warn', due_at: '2026-01-06T01:00:00Z' }, { clock: 'answer', event: 'lapse', due_at: '2026-01-07T01:00:00Z' }],
};
const both: CaseCourses = { case: 'cas_1', old: course, new: running, words };

test('a course is told in order of time and closes with its end', async () => {
  await show(<OneCourse title="own" course={course} both={both} />);
  expect(texts('li strong, li s')).toEqual(['Opened', 'Withdraw', 'Lapses by silence', 'End']);
  const last = place.querySelector('li:last-child');
  expect([last?.querySelector('time')?.getAttribute('datetime'), last?.textContent]).toEqual([course.closed_at, expect.stringContaining('Closed')]);
});

test('a course that goes on tells where it stands, and each clock by what it brings about', async () => {
  await show(<OneCourse title="own" course={running} both={both} />);
  expect(texts('li strong')).toEqual(['Opened', 'Stands at', 'Platform steps in', 'Lapses by silence']);
  expect(texts('li em')).toEqual(['Clock runs', 'Clock runs']);
});

test('a case that is not opened is no case that stands somewhere', async () => {
  await show(<OneCourse title="own" course={{ ...running, steps: [], state: '', pending: [] }} both={both} />);
  expect(texts('li')).toEqual(['Not opened']);
});

test('few cases have a number and a range, many their quantiles, in both languages', () => {
  const hour = 3_600_000;
  const few = { count: 2, min: -hour, max: 50 * hour, p5: null, p50: null, p95: null };
  const many = { count: 20, min: -hour, p5: 0, p50: hour, p95: 2 * hour, max: 9 * hour };
  const [en, zh] = ['en', 'zh-CN'].map((lang) => i18next.getFixedT(lang));
  expect(later(en!, few)).toBe('n = 2: from −1 h to +2 d 2 h');
  expect(later(zh!, few)).toBe('2 个：最早 −1 h，最晚 +2 d 2 h');
  expect(later(en!, many)).toBe('n = 20: 5 % +0 h · middle +1 h · 95 % +2 h');
  expect(later(zh!, many)).toContain('20 个：5% +0 h');
  expect(later(en!, { count: 1, min: hour, max: hour })).toBe('n = 1: +1 h');
  // A report of an earlier version does not tell how many there were.
  expect(later(en!, { ...many, count: undefined })).toBe('from −1 h to +9 h');
});

const replay: Replay = {
  id: 'row_1', pack: 'taobao', since_at: '2026-01-01T00:00:00Z', asked_at: '2026-02-01T00:00:00Z', state: 'running', families_done: 0, families_all: 1, shops: {},
};

test('a replay that has ended goes to its end, not to now', async () => {
  await show(<Period replay={replay} />);
  expect(place.textContent).toContain('now');
  await show(<Period replay={{ ...replay, state: 'done', ended_at: '2026-02-01T00:00:05Z' }} />);
  expect(place.textContent).not.toContain('now');
  expect([...place.querySelectorAll('time')].at(-1)?.dateTime).toBe('2026-02-01T00:00:05Z');
});

test('rows name the order and the shop; of what is not known, the case', async () => {
  const row: ReplayChanged = {
    case: 'cas_1', kind: 'order', shop: 'shp_1', order: 'cas_1', number: '2601050001', sorts: ['time'], old_state: 'requested', new_state: 'closed', is_uncertain: false,
  };
  const older: ReplayChanged = { ...row, case: 'cas_2', shop: undefined, order: undefined, number: undefined };
  const nameless: ReplayChanged = { ...row, case: 'cas_3', shop: 'shp_2' };
  const report = { kinds: {}, words: {}, changed: [row, older, nameless] } as unknown as ReplayReport;
  await show(<Changed report={report} pack="taobao" shops={{ shp_1: 'Cloud shop' }} />);
  expect(texts('tbody .cite')).toEqual(['2601050001', 'cas_2', '2601050001']);
  expect(texts('tbody td:nth-child(2)')).toEqual(['Cloud shop', '', 'shp_2']);
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  await settle(async () => place.querySelector<HTMLElement>('tbody .cite')!.click());
  expect(document.querySelector('dialog')?.textContent).toContain('Both courses Order 2601050001');
  expect(shopOf({ ...replay, shop_id: 'shp_1', shops: { shp_1: 'Cloud shop' } })).toBe('Cloud shop');
});

test('differences are against the packs that the cases ran under, the most used first', async () => {
  await show(<OwnPacks packs={{ jd: 2, 'kuaishou-goods': 30, taobao: 1 }} pack="taobao" />);
  expect([...place.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual(['/differences/kuaishou-goods/taobao', '/differences/jd/taobao']);
  expect(place.textContent).toContain('taobao 1');
});

test('a replay is asked for one shop', async () => {
  const sent: unknown[] = [];
  const answers: Record<string, unknown> = {
    '/v1/packs': { items: [{ name: 'taobao', version: '1', label: label('Taobao'), kinds: ['order'], bounds: [] }] },
    '/v1/shops?limit=200': { items: [{ id: 'shp_1', name: 'Cloud shop' }, { id: 'shp_2', name: 'Rain shop' }] },
    '/v1/policy/replays': replay,
  };
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    if (init?.body) sent.push(JSON.parse(String(init.body)));
    return Promise.resolve(new Response(JSON.stringify(answers[url] ?? {}), { status: 200 }));
  });
  await show(<Ask />);
  await settle(() => vi.waitFor(() => expect(texts('option')).toContain('Rain shop')));
  const choose = async (element: HTMLSelectElement | HTMLInputElement, value: string) => {
    const type = element instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
    await settle(async () => {
      Object.getOwnPropertyDescriptor(type.prototype, 'value')?.set?.call(element, value);
      element.dispatchEvent(new Event(element instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
    });
  };
  const [, shops] = place.querySelectorAll('select');
  await choose(place.querySelector('input')!, '2026-01-05');
  await choose(shops!, 'shp_2');
  await settle(async () => place.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
  await settle(() => vi.waitFor(() => expect(sent).toEqual([{ pack: 'taobao', since: '2026-01-05T00:00:00+08:00', shop: 'shp_2' }])));
});
