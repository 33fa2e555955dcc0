import { money } from './format';
import { useText } from './text';

export function Money({ minor, currency }: { minor: number | null | undefined; currency: string | null | undefined }) {
  const { lang } = useText();
  if (minor === null || minor === undefined || !currency) return <span className="faint">–</span>;
  return <span className="num">{money(minor, currency, lang)}</span>;
}
