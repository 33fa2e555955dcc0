import { expect, test } from 'vitest';
import { differing, EMPTY, fieldsOf, isSame, READ } from './fields';

test('what was read is compared as the server does: without blanks, dashes in numbers and widths of brackets', () => {
  expect(isSame('code', '9133 0106-ma20 0000 2m', '91330106MA2000002M')).toBe(true);
  expect(isSame('code', '91330106MA2000003Q', '91330106MA2000002M')).toBe(false);
  expect(isSame('name', 'Hangzhou (test)  Ltd', 'Hangzhou\uff08test\uff09Ltd')).toBe(true);
  expect(isSame('name', 'hangzhou', 'Hangzhou')).toBe(false);
  expect(isSame('legal_person', '', 'Li')).toBe(false);
});

test('a person has no legal person', () => {
  expect(fieldsOf('person', READ)).toEqual(['name', 'code']);
  expect(fieldsOf('enterprise', READ)).toEqual(['name', 'code', 'legal_person']);
});

test('a change shows by its fields and by who applies', () => {
  expect(differing(EMPTY, EMPTY)).toEqual([]);
  expect(differing(EMPTY, { ...EMPTY, subject: 'person', phone: '1' })).toEqual(['subject', 'phone']);
});
