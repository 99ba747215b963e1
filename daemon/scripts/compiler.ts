// What is needed of a script once there is one: what it defines read and checked, requests answered, chains run. Loaded
// with the first script file.
import type { DecidedAction, Row, Rule } from '../../sync/engine/index.ts';
import type { ScriptHost } from '../../sync/script/host.ts';
import { readScriptChains, type ScriptChain } from '../../sync/script/lua-chains.ts';
import { readScriptRoutes, type ScriptRoute } from '../../sync/script/lua-routes.ts';
import { actionReader, readScriptRules, type ScriptWatch } from '../../sync/script/lua-rules.ts';
import { LuaScript } from '../../sync/script/lua-script.ts';
import { vocabularyShapes } from '../../sync/script/vocabulary.generated.ts';
import { chainRuleName } from './chains.ts';

export { inOrder, routeWords, takenRoutes } from '../../sync/script/lua-routes.ts';
export { answerRequest } from './answer.ts';

export { createChains } from './chains.ts';

/** Reads what a step of a chain returned. */
export const actionsOfSteps = (may: readonly string[]) => actionReader(may, vocabularyShapes);

export const loadScript = (file: string, text: string, open: () => ScriptHost) =>
  LuaScript.load(file, text, open);

export interface ReadScript {
  readonly rules: readonly Rule[];
  readonly routes: readonly ScriptRoute[];
  readonly chains: readonly ScriptChain[];
  readonly may: readonly string[];
  readonly faults: readonly string[];
}

/** "party.lua" has the rule "Answer-party": it takes the actions that answers of its routes bring. */
function answerRule(file: string, may: readonly string[]): Rule {
  return {
    definition: {
      name: `Answer-${file.replace(/\.lua$/, '')}`,
      summary: `What routes of scripts/${file} answer with is done.`,
      when: [[{ key: 'Appliance.scriptAnswered', input: { script: file, actions: '?actions' }, output: {} }]],
      where: [],
      does: [],
      decides: { may, decide: ({ actions }: Row) => actions as DecidedAction[] },
      otherwise: [],
    },
  };
}

/** Takes the actions that steps of a chain return. */
function chainRule({ name, summary, may }: ScriptChain): Rule {
  const when = {
    key: 'Appliance.takeStep',
    input: { chain: name, action: '?key', args: '?args' },
    output: {},
  };
  return {
    definition: {
      name: chainRuleName(name),
      summary,
      when: [[when]],
      where: [],
      does: [],
      decides: { may, decide: ({ key, args }: Row) => [{ key: key as string, args: args as object }] },
      otherwise: [],
    },
  };
}

export function readScript(script: LuaScript, watch: ScriptWatch): ReadScript {
  const { api, may: given } = script.definitions;
  const { rules, faults } = readScriptRules(script, vocabularyShapes, watch);
  const { routes, faults: faultsOfRoutes } = readScriptRoutes(script.file, api);
  const { chains, faults: faultsOfChains } = readScriptChains(script, vocabularyShapes);
  const may = (Array.isArray(given) ? given : []).map(String);
  const unknown = may
    .filter((key) => !Object.hasOwn(vocabularyShapes.actions, key))
    .map((key) => `${script.file}: may: there is no action ${key}`);
  return {
    rules: [
      ...rules,
      ...(may.length > 0 && routes.length > 0 ? [answerRule(script.file, may)] : []),
      ...chains.filter((chain) => chain.may.length > 0).map(chainRule),
    ],
    routes,
    chains,
    may,
    faults: [...faults, ...faultsOfRoutes, ...faultsOfChains, ...unknown],
  };
}
