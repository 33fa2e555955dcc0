/** The review desk: what waits for whoever looks, missed reviews first, then by time left. */

import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import type { VerificationListed } from '@/api/types';
import { At } from '@/kit/At';
import { AtZero } from '@/kit/AtZero';
import { Countdown } from '@/kit/Countdown';
import type { Column } from '@/kit/DataTable';
import { counted } from '@/kit/format';
import { caseLink } from '@/kit/links';
import { ListPage, type Filter } from '@/kit/ListPage';
import { RowLink } from '@/kit/RowLink';
import { State } from '@/kit/State';
import { useText, type Texts } from '@/kit/text';

/** States that somebody of the platform decides; the others are chosen from a list. */
const TABS = ['submitted', 'change_reported', 'escalated', 'frozen'];

const idOf = (row: VerificationListed) => row.id;

export function Desk() {
  const texts = useText();
  const { t, say, lang } = texts;
  const navigate = useNavigate();
  const counts = useQuery({ queryKey: ['states', 'verification'], queryFn: () => calls.states('verification') }).data?.items ?? [];
  const columns = useMemo(() => columnsOf(texts), [lang]);
  const tabs = counts.filter((s) => TABS.includes(s.state)).map((s) => ({ value: s.state, label: say(s.label), count: counted(s) }));
  const filters: Filter[] = [
    { kind: 'select', name: 'state', label: t('verification.any_state'), options: counts.map((s) => ({ value: s.state, label: `${say(s.label)} ${counted(s)}` })) },
  ];
  return (
    <ListPage
      name="verifications" title={t('verification.desk')} tabs={{ param: 'state', items: tabs, first: t('verification.waiting') }} filters={filters}
      columns={columns} load={calls.verifications} idOf={idOf} onOpen={(row) => void navigate(caseLink(row))}
    />
  );
}

function columnsOf({ t, word }: Texts): Column<VerificationListed>[] {
  return [
    { key: 'name', title: t('verification.applicant'), cell: (row) => <Name row={row} /> },
    { key: 'subject', title: t('verification.subject'), width: 90, cell: (row) => word('subject', row.subject) },
    { key: 'state', title: t('verification.state'), width: 205, cell: (row) => <State label={row.state_label} isEnded={Boolean(row.closed_at)} /> },
    { key: 'left', title: t('verification.left'), width: 130, cell: (row) => (row.due_at ? <Countdown due={row.due_at} /> : <span className="faint">–</span>) },
    { key: 'zero', title: t('verification.at_zero'), width: 260, cell: (row) => (row.next ? <AtZero next={row.next} caseId={row.id} isShort isOneLine /> : null) },
    { key: 'times', title: t('verification.submissions'), width: 110, align: 'right', cell: (row) => <span className="num">{t('verification.times', { count: row.submissions })}</span> },
    { key: 'since', title: t('verification.since'), width: 120, cell: (row) => <At at={row.entered_at} year={false} /> },
  ];
}

function Name({ row }: { row: VerificationListed }) {
  const { t } = useText();
  return (
    <span className="line">
      <RowLink id={row.id} kind={row.kind} className="ellipsis">{row.title || row.id}</RowLink>
      {row.is_first && <span className="pill refused">{t('verification.first')}</span>}
    </span>
  );
}
