import { useText } from './text';

/** The calendar a deadline counts in, in words. */
export function Calendar({ text, after }: { text: string; after: string }) {
  const { t } = useText();
  if (text === 'working-days' || after.endsWith('wd')) return <>{t('kit.cal_working_days')}</>;
  if (text === 'natural') return <span className="muted">{t('kit.cal_natural')}</span>;
  if (text.startsWith('day0')) return <>{t('kit.cal_day0')}{text.slice('day0'.length)}</>;
  if (text.startsWith('window')) return <>{t('kit.cal_window')}{text.slice('window'.length)}</>;
  return <>{text}</>;
}
