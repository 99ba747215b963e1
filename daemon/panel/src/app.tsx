// The page: what plays on one side, what follows and what was on the other; sheets and notices over both.
import { useEffect } from 'preact/hooks';
import { SAMPLED, useTint } from './colors.ts';
import { AccessSheet } from './parts/access.tsx';
import { artUrl, seedText } from './parts/art.tsx';
import { Banners, Toasts } from './parts/banners.tsx';
import { BedsideSheet } from './parts/bedside.tsx';
import { Earlier } from './parts/earlier.tsx';
import { Header } from './parts/header.tsx';
import { MoodSheet } from './parts/mood.tsx';
import { NextUp } from './parts/next-up.tsx';
import { Now } from './parts/now.tsx';
import { RulesSheet } from './parts/rules.tsx';
import { SearchSheet } from './parts/search.tsx';
import { WhySheet } from './parts/why.tsx';
import { store } from './state/index.ts';
import { openAccess, openRules, sheet } from './state/sheets.ts';
import { useStore } from './state/store.ts';

/** Tints the page and names the tab after what plays. */
function useAtmosphere(): void {
  const current = useStore(store, (model) => model.status?.current ?? null);
  const tint = useTint(artUrl(current?.art, SAMPLED), current === null ? 'segue' : seedText(current));
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty('--hue', tint.hue.toFixed(1));
    style.setProperty('--chroma', tint.chroma.toFixed(4));
  }, [tint]);
  const title = current === null ? 'Segue' : `${current.title} · ${current.artist || 'Segue'}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function App() {
  useAtmosphere();
  const open = useStore(sheet, (value) => value);
  return (
    <>
      <div class="glow" aria-hidden="true" />
      <Header />
      <main>
        <Banners />
        <Now />
        <div class="side">
          <NextUp />
          <Earlier />
          <button type="button" class="quiet foot" onClick={openRules}>
            What Segue does by itself
          </button>
          <button type="button" class="quiet foot" onClick={openAccess}>
            Who may do what
          </button>
        </div>
      </main>
      {open?.kind === 'search' && <SearchSheet />}
      {open?.kind === 'rules' && <RulesSheet />}
      {open?.kind === 'bedside' && <BedsideSheet />}
      {open?.kind === 'mood' && <MoodSheet />}
      {open?.kind === 'access' && <AccessSheet />}
      {open?.kind === 'why' && <WhySheet entry={open.entry} />}
      {open === null && <Toasts />}
    </>
  );
}
