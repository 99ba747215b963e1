// What Segue does by itself, each rule as a sentence: how often it had something to do since the start, and when last.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RuleLine } from '../../../adapters/http/shapes.ts';
import { type Answer, api } from '../state/api.ts';
import { matching, timesText } from '../state/rules.ts';
import { Search } from './icons.tsx';
import { Sheet } from './sheet.tsx';

const REFRESH_MS = 5000;

function Line({ rule, nowMs }: { rule: RuleLine; nowMs: number }) {
  return (
    <li class={rule.enabled ? '' : 'off'}>
      <p>{rule.sentence}</p>
      <p class="quiet">
        {rule.name} · {rule.enabled ? timesText(rule, nowMs) : 'switched off'}
        {rule.isOwn && ' · your own'}
      </p>
    </li>
  );
}

export function RulesSheet() {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Answer<{ rules: readonly RuleLine[] }> | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let isOpen = true;
    const load = async () => {
      const got = await api.rules();
      if (isOpen) setAnswer(got);
    };
    void load();
    const timer = setInterval(load, REFRESH_MS);
    field.current?.focus();
    return () => {
      isOpen = false;
      clearInterval(timer);
    };
  }, []);
  const all = answer?.ok ? answer.body.rules : [];
  const shown = matching(all, text);
  const nowMs = Date.now();
  return (
    <Sheet title="Rules">
      <label class="field">
        <Search />
        <input
          ref={field}
          type="search"
          value={text}
          placeholder="What Segue does by itself"
          aria-label="Search the rules"
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="quiet" role="status">
        {answer === null
          ? 'Looking them up…'
          : answer.ok
            ? `${shown.length === all.length ? '' : `${shown.length} of `}${all.length} rules, in the order in which they act. Counted since the start.`
            : answer.message}
      </p>
      <ul class="rules">
        {shown.map((rule) => (
          <Line key={rule.name} rule={rule} nowMs={nowMs} />
        ))}
      </ul>
    </Sheet>
  );
}
