import { expect, test } from 'vitest';
// @ts-expect-error the tool is plain JavaScript
import { differences, literals, unused } from '../../tools/check-i18n.mjs';

test('a missing key, other parameters and stray Chinese are found', () => {
  const zh = new Map([['a.one', '{n}'], ['a.two', 'x']]);
  const en = new Map([['a.one', '{m}'], ['a.three', '\u4e2d']]);
  expect(differences(zh, en)).toEqual([
    'en: a.one has other parameters than zh-CN', 'en: a.two is missing', 'zh-CN: a.three is missing', 'en: a.three holds Chinese text',
  ]);
});

test('Chinese in code is found, in comments it is not', () => {
  expect(literals('x.ts', 'const a = "\u4e2d";\n// \u4e2d\n/* \u4e2d */')).toEqual(['x.ts:1: Chinese text outside i18n/']);
});

test('a key nobody names is unused, words by code are reached by their group', () => {
  expect(unused(['a.one', 'a.two', 'words.x'], ["t('a.one')"])).toEqual(['a.two']);
});
