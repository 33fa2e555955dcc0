import { instant } from './format';

/** An instant in the market's time zone. */
export function At({ at, seconds = false, year = true }: { at: string | null | undefined; seconds?: boolean; year?: boolean }) {
  if (!at) return <span className="faint">–</span>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={instant(ms, { seconds: true })} className="num">
      {instant(ms, { seconds, year })}
    </time>
  );
}
