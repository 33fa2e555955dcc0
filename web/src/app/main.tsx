import '@/kit/tokens.css';
import '@/kit/kit.css';
import './app.css';
import { App, ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '@/i18n';
import { popupPlace } from '@/kit/Dialog';
import { useText } from '@/kit/text';
import { loadTime } from './live';
import { firstLang, useTheme } from './prefs';
import { queryClient } from './session';
import { router } from './router';
import { themeOf } from './theme';

/** Filled in by the server on every page, so that antd's styles pass the content security policy. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

function useAntdLocale() {
  const { lang } = useText();
  const [locale, setLocale] = useState(zhCN);
  useEffect(() => {
    if (lang === 'en') void import('antd/locale/en_US').then((m) => setLocale(m.default));
    else setLocale(zhCN);
  }, [lang]);
  return locale;
}

function Root() {
  const theme = useTheme();
  const locale = useAntdLocale();
  return (
    <ConfigProvider theme={themeOf(theme)} locale={locale} csp={nonce ? { nonce } : undefined} button={{ autoInsertSpace: false }} wave={{ disabled: true }} getPopupContainer={popupPlace}>
      <App className="app">
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}

// Beside the first page, not after it: countdowns show no dashes while it comes.
void loadTime().catch(() => undefined);
void startI18n(firstLang()).then((i18n) => {
  // Why an act is not possible is a sentence of the server, in the reader's language.
  i18n.on('languageChanged', () => void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'case' || queryKey[0] === 'order' }));
  const place = document.getElementById('root');
  if (place) createRoot(place).render(<StrictMode><Root /></StrictMode>);
});
