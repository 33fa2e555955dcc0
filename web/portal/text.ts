/** Texts of the portal, without a library: zh-CN comes with the page, English when asked for. */

import { useSyncExternalStore } from 'preact/compat';
import { setLanguage } from '@/api/http';
import { isOwn, UNREACHABLE, type Problem } from '@/api/problem';
import type { Label } from '@/api/types';
import portal from '@/i18n/zh-CN/portal.json';
import words from '@/i18n/zh-CN/words.json';
import { keep, kept } from '@/kit/kept';

export type Lang = 'zh-CN' | 'en';
type Key = keyof typeof portal;
type Params = Record<string, string | number>;
type Book = { portal: Record<string, string>; words: Record<string, string> };

const ZH: Book = { portal, words };
const listeners = new Set<() => void>();
let lang: Lang = 'zh-CN';
let book: Book = ZH;

export function firstLang(): Lang {
  return (kept('lang') ?? navigator.language).toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

async function load(next: Lang): Promise<Book> {
  if (next === 'zh-CN') return ZH;
  const [a, b] = await Promise.all([import('@/i18n/en/portal.json'), import('@/i18n/en/words.json')]);
  return { portal: a.default, words: b.default };
}

export async function chooseLang(next: Lang): Promise<void> {
  book = await load(next);
  lang = next;
  setLanguage(next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export async function keepLang(next: Lang): Promise<void> {
  keep('lang', next);
  await chooseLang(next);
}

/** `{name}` in a text becomes the parameter of that name. */
export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

export type T = (key: `portal.${Key}`, params?: Params) => string;
export type Texts = { t: T; lang: Lang; say: (label: Label | null | undefined) => string; word: (group: string, code: string | null | undefined) => string };

const cut = 'portal.'.length;
export const t: T = (key, params) => fill(book.portal[key.slice(cut)] ?? key, params);
export const word = (group: string, code: string | null | undefined) => (code ? book.words[`${group}_${code}`] ?? code : '');
const say = (label: Label | null | undefined) => (lang === 'en' ? label?.en : label?.zh) ?? '';

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useText(): Texts {
  const now = useSyncExternalStore(subscribe, () => lang);
  return { t, lang: now, say, word };
}

export function problemText(problem: Problem): string {
  if (!isOwn(problem)) return problem.message;
  return problem.code === UNREACHABLE ? t('portal.unreachable') : t('portal.unreadable');
}
