/** Language and light/dark: chosen here, else the browser's. */

import { useSyncExternalStore } from 'react';
import { chooseLang, type Lang } from '@/i18n';
import { keep, kept } from '@/kit/kept';

export type Theme = 'light' | 'dark';

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function firstLang(): Lang {
  const chosen = kept('lang') ?? navigator.language;
  return chosen.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

function firstTheme(): Theme {
  const chosen = kept('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return darkQuery.matches ? 'dark' : 'light';
}

let theme: Theme = firstTheme();
document.documentElement.dataset.theme = theme;

function show(next: Theme): void {
  theme = next;
  document.documentElement.dataset.theme = next;
  for (const listener of listeners) listener();
}

darkQuery.addEventListener('change', () => show(firstTheme()));

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}

export function chooseTheme(next: Theme): void {
  keep('theme', next);
  show(next);
}

export async function keepLang(lang: Lang): Promise<void> {
  keep('lang', lang);
  await chooseLang(lang);
}
