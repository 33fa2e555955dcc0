/** Texts: zh-CN comes with the first chunk, English as its own. Keys are `<file>.<name>`, parameters `{name}`. */

import i18next, { type i18n } from 'i18next';
import { setLanguage } from '@/api/http';
import type { Label } from '@/api/types';
import zh, { type Texts } from './zh-CN';

export type Lang = 'zh-CN' | 'en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Texts };
    returnNull: false;
  }
}

const loaders: Record<Lang, () => Promise<Texts>> = {
  'zh-CN': () => Promise.resolve(zh),
  en: () => import('./en').then((m) => m.default),
};

export async function startI18n(lang: Lang): Promise<i18n> {
  await i18next.init({
    resources: { 'zh-CN': { translation: zh } },
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
    initAsync: false,
  });
  await chooseLang(lang);
  return i18next;
}

export async function chooseLang(lang: Lang): Promise<void> {
  if (!i18next.hasResourceBundle(lang, 'translation')) i18next.addResourceBundle(lang, 'translation', await loaders[lang]());
  setLanguage(lang);
  document.documentElement.lang = lang;
  await i18next.changeLanguage(lang);
}

/** The side of a server label that the reader reads. */
export function pick(label: Label | null | undefined, lang: string): string {
  return (lang === 'en' ? label?.en : label?.zh) ?? '';
}
