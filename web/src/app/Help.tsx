import { useEffect, useRef } from 'react';
import { useHotkeys } from '@/kit/hotkeys';
import { useText } from '@/kit/text';

/** The keys of the console; `?` shows them. */
export function Help() {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useHotkeys({ '?': () => dialog.current?.showModal() });
  const keys: [string[], string][] = [
    [['j', 'k'], t('kit.shortcut_rows')],
    [['x', 'Space'], t('kit.shortcut_select')],
    [['Enter'], t('kit.shortcut_open')],
    [['/'], t('kit.shortcut_search')],
    [['g w', 'g o', 'g s', 'g i', 'g p'], t('kit.shortcut_go')],
  ];
  useEffect(() => () => dialog.current?.close(), []);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title">
      <h2 id="help-title">{t('kit.shortcuts')}</h2>
      <dl>
        {keys.map(([names, about]) => (
          <div key={about}><dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{about}</dd></div>
        ))}
      </dl>
      <form method="dialog"><button type="submit">{t('kit.close')}</button></form>
    </dialog>
  );
}
