/** @jsxImportSource preact */

import { useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import { problemOf, type Problem } from '@/api/problem';
import type { Line, OrderView } from '@/api/types';
import { KINDS, REASONS } from '@/kit/codes';
import { minorOf } from '@/kit/format';
import { Photos } from '../Fields';
import { useLoad } from '../load';
import { Back, Card, Money, Show } from '../parts';
import { go, toCase, toOrder } from '../route';
import { problemText, useText } from '../text';

export function Apply({ order, line }: { order: string; line: string }) {
  const { t } = useText();
  const loaded = useLoad(`order ${order}`, () => calls.order(order));
  return (
    <>
      <Back to={toOrder(order)} title={t('portal.apply')} />
      <Show of={loaded}>
        {(view) => {
          const found = view.lines.find((l) => l.id === line);
          return found ? <Form view={view} line={found} /> : <div class="page-state"><strong>{t('portal.failed')}</strong></div>;
        }}
      </Show>
    </>
  );
}

/** The form's own fields, by the names the server uses in its problems. */
const FIELDS = ['kind', 'quantity', 'amount_minor', 'reason', 'description', 'photos'];

function Form({ view, line }: { view: OrderView; line: Line }) {
  const { t, word } = useText();
  const max = line.quantity - line.stopped - line.refunded;
  const [kind, setKind] = useState('refund_only');
  const [quantity, setQuantity] = useState(max);
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const [description, setDescription] = useState('');
  const [photos, setPhotos] = useState<string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const minor = amount.trim() === '' || kind === 'exchange' ? undefined : minorOf(amount);
  const submit = (event: Event) => {
    event.preventDefault();
    if (minor === null) return;
    setSending(true);
    setProblem(null);
    calls.apply({ order: view.order.id, line: line.id, kind, quantity, amount_minor: minor, reason, description: description.trim(), photos }).then(
      (made) => go(toCase(made.id), { replace: true }),
      (error: unknown) => {
        setProblem(problemOf(error));
        setSending(false);
      },
    );
  };
  const hasOwnPlace = problem?.field && FIELDS.includes(problem.field);
  const errorOf = (name: string) => (problem?.field === name ? <small class="bad" role="alert">{problemText(problem)}</small> : null);
  return (
    <form onSubmit={submit}>
      <Card>
        <p class="line"><span>{line.title} <span class="muted">{line.spec} ×{line.quantity}</span></span><span class="grow" /><Money minor={line.amount_minor} currency={view.order.currency} /></p>
      </Card>
      <Card>
        <KindChoice kind={kind} onChange={setKind} />
        {errorOf('kind')}
        <Stepper value={quantity} max={max} onChange={setQuantity} />
        {errorOf('quantity')}
        {kind !== 'exchange' && (
          <label class="field"><span>{t('portal.amount')}</span>
            <input inputMode="decimal" value={amount} aria-invalid={minor === null} onInput={(e) => setAmount(e.currentTarget.value)} />
            {minor === null && <small class="bad" role="alert">{t('portal.bad_money')}</small>}
            {errorOf('amount_minor')}
          </label>
        )}
        <label class="field"><span>{t('portal.reason')}<i aria-hidden>*</i></span>
          <select required value={reason} onChange={(e) => setReason(e.currentTarget.value)}>
            <option value="">{t('portal.choose')}</option>
            {REASONS.map((code) => <option key={code} value={code}>{word('reason', code)}</option>)}
          </select>
          {errorOf('reason')}
        </label>
        <label class="field"><span>{t('portal.description')}</span>
          <textarea rows={4} maxLength={500} value={description} onInput={(e) => setDescription(e.currentTarget.value)} />
          {errorOf('description')}
        </label>
        <div class="field"><label for="apply-photos">{t('portal.photos')}</label><Photos id="apply-photos" value={photos} onChange={setPhotos} />{errorOf('photos')}</div>
      </Card>
      {problem && !hasOwnPlace && <p class="failure" role="alert">{problemText(problem)}</p>}
      <button type="submit" class="primary wide" disabled={isSending}>{isSending ? t('portal.sending') : t('portal.send')}</button>
    </form>
  );
}

function KindChoice({ kind, onChange }: { kind: string; onChange: (kind: string) => void }) {
  const { t, word } = useText();
  const hints: Record<string, string> = {
    refund_only: t('portal.hint_refund_only'), return_refund: t('portal.hint_return_refund'), exchange: t('portal.hint_exchange'),
  };
  return (
    <fieldset class="kinds">
      <legend>{t('portal.kind')}</legend>
      {KINDS.map((code) => (
        <label key={code}>
          <input type="radio" name="kind" value={code} checked={kind === code} onChange={() => onChange(code)} />
          <span><strong>{word('kind', code)}</strong><small class="muted">{hints[code]}</small></span>
        </label>
      ))}
    </fieldset>
  );
}

function Stepper({ value, max, onChange }: { value: number; max: number; onChange: (value: number) => void }) {
  const { t } = useText();
  const set = (n: number) => onChange(Math.max(1, Math.min(max, n)));
  return (
    <div class="field line">
      <label for="apply-quantity">{t('portal.quantity')}</label>
      <span class="grow" />
      <small class="muted">{t('portal.quantity_of', { max })}</small>
      <button type="button" aria-hidden tabIndex={-1} disabled={value <= 1} onClick={() => set(value - 1)}>−</button>
      <input id="apply-quantity" class="short" inputMode="numeric" value={String(value)} onInput={(e) => set(Number(e.currentTarget.value.replace(/\D/g, '')) || 1)} />
      <button type="button" aria-hidden tabIndex={-1} disabled={value >= max} onClick={() => set(value + 1)}>+</button>
    </div>
  );
}
