import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import type { Finding } from '@/api/types';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';

export function CheckResult({ pack }: { pack: string }) {
  const { t } = useText();
  const query = useQuery({ queryKey: ['packs', pack, 'check'], queryFn: () => calls.packCheck(pack) });
  return (
    <Loaded query={query}>
      {({ findings }) => (
        <div className="table-box">
          <p className={`verdict ${findings.length === 0 ? 'good' : 'bad'}`}>
            {findings.length === 0 ? t('packs.check_clean') : t('packs.check_findings', { count: findings.length })}
          </p>
          {findings.length > 0 && <Findings findings={findings} />}
        </div>
      )}
    </Loaded>
  );
}

function Findings({ findings }: { findings: Finding[] }) {
  const { t } = useText();
  return (
    <table className="data">
      <thead><tr><th scope="col">{t('packs.place')}</th><th scope="col">{t('packs.message')}</th><th scope="col">{t('packs.path')}</th></tr></thead>
      <tbody>
        {findings.map((f, i) => (
          <tr key={i}>
            <td><span className="stack"><code>{f.file}:{f.line}</code><small className="muted">{[f.kind, f.state].filter(Boolean).join('.')}</small></span></td>
            <td>{f.message}{f.suggestion && <small className="muted"> {t('packs.suggestion', { word: f.suggestion })}</small>}</td>
            <td><code>{(f.path ?? []).join(' → ')}</code></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
