/** How the server does; looked at again every five seconds. */

import { Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import type { Status as ServerStatus } from '@/api/types';
import { Card, Facts } from '@/kit/Facts';
import { bytes, due } from '@/kit/format';
import { Loaded } from '@/kit/PageState';
import { remain } from '@/kit/remain';
import { useText } from '@/kit/text';
import { Keys } from '../parts/Keys';
import '../system.css';

const AGAIN_MS = 5_000;
/** Deadlines are looked at ten times a second: more than this is late. */
const LATE_MS = 1_000;

export function Status() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['status'], queryFn: calls.status, refetchInterval: AGAIN_MS, retry: false });
  return (
    <section className="status-page" aria-labelledby="status-title">
      <header className="page-head">
        <h1 id="status-title">{t('system.title')}</h1>
        <p className="muted">{t('system.about')}</p>
        <span className="grow" />
        <Button onClick={() => void query.refetch()}>{t('system.refresh')}</Button>
      </header>
      <Loaded query={query}>{(status) => <Body status={status} />}</Loaded>
    </section>
  );
}

function Body({ status }: { status: ServerStatus }) {
  const { t } = useText();
  return (
    <>
      <div className="status-cards">
        <Card title={t('system.process')}>
          <Facts
            items={[
              [t('system.version'), status.version],
              [t('system.engine'), status.engine === 'sqlite' ? t('system.sqlite') : 'PostgreSQL'],
              [t('system.up'), <Span ms={status.up_s * 1_000} />],
              [t('system.live'), <span className="num">{status.live_open}</span>],
              [t('system.database'), status.database_bytes == null ? null : <span className="num">{bytes(status.database_bytes)}</span>],
              [t('system.log'), status.log_bytes == null ? null : <span className="num">{bytes(status.log_bytes)}</span>],
            ]}
          />
        </Card>
        <Deadlines status={status} />
        <Card title={t('system.commands')}>
          <Facts
            items={[
              [t('system.waiting'), <span className="num">{status.waiting}</span>],
              [t('system.done'), <span className="num">{status.commands.done}</span>],
              [t('system.refused'), <span className="num">{status.commands.refused}</span>],
              [t('system.broken'), <span className={status.commands.failed > 0 ? 'num bad' : 'num'}>{status.commands.failed}</span>],
              [t('system.retries'), <span className="num">{Object.values(status.retries).reduce((sum, n) => sum + n, 0)}</span>],
              [t('system.events'), <span className="num">{status.events}</span>],
            ]}
          />
        </Card>
      </div>
      <Jobs status={status} />
      <Slow status={status} />
      <Keys />
    </>
  );
}

function Span({ ms }: { ms: number }) {
  const { t } = useText();
  const { days, clock } = remain(ms, 0);
  return <span className="num">{days > 0 ? t('kit.left_days', { days, clock }) : clock}</span>;
}

function Deadlines({ status }: { status: ServerStatus }) {
  const { t } = useText();
  const isLate = status.lag_ms > LATE_MS;
  const years = Object.entries(status.awaited_years);
  return (
    <Card title={t('system.deadlines')} extra={<span className={isLate ? 'bad' : 'muted'}>{t(isLate ? 'system.late' : 'system.on_time')}</span>}>
      <Facts
        items={[
          [t('system.overdue'), <span className="num">{status.overdue}</span>],
          [t('system.lag'), <Span ms={status.lag_ms} />],
          [t('system.next'), status.next_due ? <span className="num">{due(Date.parse(status.next_due))}</span> : t('system.none')],
          [t('system.years'), years.length === 0 ? t('system.none') : <span className="bad">{years.map(([year, count]) => t('system.year', { year, count })).join(' ')}</span>],
        ]}
      />
    </Card>
  );
}

function Jobs({ status }: { status: ServerStatus }) {
  const { t } = useText();
  return (
    <Card title={t('system.jobs')}>
      {status.jobs.length === 0 ? <p className="muted">{t('system.no_jobs')}</p> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={t('system.jobs')}>
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('system.job')}</th><th scope="col" className="right">{t('system.count')}</th>
                <th scope="col">{t('system.first')}</th><th scope="col" className="right">{t('system.tries')}</th>
              </tr>
            </thead>
            <tbody>
              {status.jobs.map((job) => (
                <tr key={job.kind}>
                  <td><code>{job.kind}</code></td><td className="right num">{job.count}{job.is_more && '+'}</td>
                  <td className="num">{due(Date.parse(job.next_at))}</td><td className="right num">{job.attempts_max}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Slow({ status }: { status: ServerStatus }) {
  const { t } = useText();
  return (
    <Card title={t('system.slow')}>
      {status.slow.length === 0 ? <p className="muted">{t('system.no_slow')}</p> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={t('system.slow')}>
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('system.statement')}</th><th scope="col" className="right">{t('system.count')}</th>
                <th scope="col" className="right">{t('system.mean')}</th><th scope="col" className="right">{t('system.longest')}</th>
              </tr>
            </thead>
            <tbody>
              {status.slow.map((slow) => (
                <tr key={slow.text}>
                  <td className="wrap"><code>{slow.text}</code></td><td className="right num">{slow.count}</td>
                  <td className="right num">{slow.mean_ms} ms</td><td className="right num">{slow.max_ms} ms</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
