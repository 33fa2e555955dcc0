import { expect, test } from 'vitest';
import type { FormField } from '@/api/types';
import { readForm } from './formInput';

const field = (name: string, kind: FormField['kind'], is_required = true): FormField => ({ name, kind, is_required });

test('each kind of field becomes what the server expects', () => {
  const form = [field('reason', 'reason'), field('quantity', 'int'), field('amount_minor', 'money'), field('photos', 'sha256s'), field('at', 'instant')];
  const { input, faults } = readForm(form, { reason: 'late', quantity: ' 2 ', amount_minor: '12.5', photos: ['ab'], at: '2026-02-14T13:05' });
  expect(faults).toEqual({});
  expect(input).toEqual({ reason: 'late', quantity: 2, amount_minor: 1_250, photos: ['ab'], at: '2026-02-14T05:05:00.000Z' });
});

test('blank required fields are faults, blank optional ones are left out', () => {
  const { input, faults } = readForm([field('waybill', 'text'), field('note', 'text', false)], { waybill: '  ', note: '' });
  expect(faults).toEqual({ waybill: 'required' });
  expect(input).toEqual({});
});

test('numbers and amounts that are none are faults', () => {
  const { faults } = readForm([field('quantity', 'int'), field('amount_minor', 'money')], { quantity: '0', amount_minor: '1.999' });
  expect(faults).toEqual({ quantity: 'bad_int', amount_minor: 'bad_money' });
});

test('lines are asked for by quantity and empty ones stay out', () => {
  const form = [field('lines', 'lines')];
  expect(readForm(form, { lines: { row_1: '2', row_2: '', row_3: '0' } }).input).toEqual({ lines: [{ line: 'row_1', quantity: 2 }] });
  expect(readForm(form, { lines: { row_1: 'x' } }).faults).toEqual({ lines: 'bad_int' });
});

test('a recipient is always whole', () => {
  const { input } = readForm([field('recipient', 'recipient')], { recipient: { name: ' A ', phone: '1' } });
  expect(input).toEqual({ recipient: { name: 'A', phone: '1', region: '', address: '' } });
});
