import { App } from 'antd';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act as settle } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeAll, expect, test } from 'vitest';
import { startI18n } from '@/i18n';
import type { PackListed } from '@/api/types';
import { Bounds, isFloor } from './Bounds';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const label = (en: string) => ({ zh: en, en });
const pack: PackListed = { name: 'taobao', version: '2025-08-15', label: label('Taobao'), base: 'xiaoer-default', kinds: ['order'], bounds: [] };
const floor: PackListed = {
  name: 'statutory', version: '2020-10-23', label: label('Statutory floor'), base: null, kinds: [],
  bounds: [{
    kind: 'order', state: label('Completed'), event: label('Window closed'), min: '7d', max: null, calendar: 'day0', id: 'LAW-1',
    rule: { ...label('Seven days from midnight'), source: 'act', certainty: 'A', pack: 'statutory' },
  }],
};

beforeAll(() => startI18n('en'));

test('a floor is shown by its bounds and leads to no machine', async () => {
  expect([pack, floor].map(isFloor)).toEqual([false, true]);
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  await settle(async () => root.render(<App><QueryClientProvider client={new QueryClient()}><Bounds pack={floor} /></QueryClientProvider></App>));
  const cells = [...place.querySelectorAll('tbody td')].map((cell) => cell.textContent);
  expect(cells.slice(1, 5)).toEqual(['Completed', 'Window closed', '7d', '']);
  expect(cells.slice(6)).toEqual(['Seven days from midnight', 'LAW-1']);
  expect(place.querySelectorAll('a')).toHaveLength(0);
  await settle(async () => root.unmount());
});
