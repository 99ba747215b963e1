// A sheet over the page: from below on a phone, in the middle on a wide screen. The browser's own dialog keeps the
// focus inside and gives it back.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeSheet } from '../state/sheets.ts';
import { Toasts } from './banners.tsx';
import { Close } from './icons.tsx';

export function Sheet({ title, children }: { title: string; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) closeSheet();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is on the backdrop
    <dialog ref={dialog} class="sheet" aria-label={title} onClose={closeSheet} onClick={onBackdrop}>
      <div class="inner">
        <div class="heading">
          <h3>{title}</h3>
          <button type="button" class="round" onClick={closeSheet} aria-label="Close">
            <Close />
          </button>
        </div>
        {children}
      </div>
      <Toasts />
    </dialog>
  );
}
