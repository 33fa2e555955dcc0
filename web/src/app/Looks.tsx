import { Button } from 'antd';
import { useText } from '@/kit/text';
import { chooseTheme, keepLang, useTheme } from './prefs';

/** Language and theme, each by one button. */
export function Looks() {
  const { t, lang } = useText();
  const theme = useTheme();
  return (
    <>
      <Button type="text" lang={lang === 'en' ? 'zh-CN' : 'en'} onClick={() => void keepLang(lang === 'en' ? 'zh-CN' : 'en')}>{t('kit.language')}</Button>
      <Button type="text" aria-label={t('kit.theme')} onClick={() => chooseTheme(theme === 'dark' ? 'light' : 'dark')}>
        {theme === 'dark' ? t('kit.light') : t('kit.dark')}
      </Button>
    </>
  );
}
