// The engine's public face. It imports nothing outside this folder but types of the vocabulary and the door.
export { rulesFor } from './builder.ts';
export type { CompactCause, CompactFlow } from './compact.ts';
export { type AskThen, type DryRunCounts, dryRun, type WouldHave } from './dry-run.ts';
export { createEngine } from './engine.ts';
export type { ActionKey, EventKey, QueryKey } from './keys.ts';
export { causesUp, effectsDown, type FlowFilter, fits, flowIdOf } from './lineage.ts';
export type { RuleMetrics } from './metrics.ts';
export type {
  EndedFlow,
  EngineBus,
  EngineClock,
  EngineLimits,
  EngineOptions,
  EngineTimers,
  Ids,
  Lineage,
  Problem,
} from './ports.ts';
export type {
  DecidedAction,
  Decision,
  Row,
  Rule,
  RuleDefinition,
  ThenStep,
  WhenPattern,
  WhereStep,
} from './rule.ts';
export type { Engine, RegisterOptions, Replaced, RuleSummary, TraceReader } from './types.ts';
export type { ActivationView, FlowView, RecordView } from './view.ts';
export { asDot, asTree, recordsAsDot, recordsAsText } from './view.ts';
