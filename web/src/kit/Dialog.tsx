/**
 * Dialogs and drawers on the browser's own `<dialog>`: it traps the focus, gives it back and closes on Escape. antd's Modal and Drawer lock
 * the page's scrolling with a style that carries no nonce, which the content security policy refuses.
 */

import { Button } from 'antd';
import { useId, useLayoutEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { useText } from './text';

type Props = {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** A form with this button; without it only something to look at. */
  ok?: { text: string; onOk: () => void; isSending: boolean; isDisabled?: boolean };
  shape?: 'small' | 'wide' | 'drawer';
};

/** What a dialog is opened for: its first field, else its button; the browser would choose the cross. */
const FIRST = '.dialog-body :is(input, textarea, select):not(:disabled), footer button[type=submit]:not(:disabled)';

/** The button that opened the dialog may have gone with the act; the keyboard then goes on from the page, not from its very top. */
function keepFocus(): void {
  if (document.activeElement === document.body) document.getElementById('main')?.focus();
}

export function Dialog({ title, onClose, children, ok, shape = 'small' }: Props) {
  const { t } = useText();
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closing before the node goes lets the browser put the focus back where it was.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      dialog?.close();
      requestAnimationFrame(keepFocus);
    };
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!ok?.isSending) ok?.onOk();
  };
  return (
    <dialog
      ref={box} className={`dialog ${shape}`} aria-labelledby={id} data-own
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <form className="dialog-box" onSubmit={submit} noValidate>
        <header><h2 id={id}>{title}</h2><button type="button" className="dialog-x" aria-label={t('kit.close')} onClick={onClose}>×</button></header>
        <div className="dialog-body">{children}</div>
        {ok && (
          <footer>
            <Button onClick={onClose}>{t('kit.cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={ok.isSending} disabled={ok.isDisabled}>{ok.text}</Button>
          </footer>
        )}
      </form>
    </dialog>
  );
}

/** Popups of a control in a dialog belong into it: whatever lies outside is behind it. */
export function popupPlace(trigger?: HTMLElement): HTMLElement {
  return trigger?.closest<HTMLElement>('dialog') ?? document.body;
}
