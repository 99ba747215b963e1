// Event chains, as their users see them. Imports nothing outside this folder.
export { type Chain, type ChainMode, createChain, failureWords } from './chain.ts';
export { type CircuitBreaker, type CircuitState, circuitBreaker } from './middleware/circuit-breaker.ts';
export { log } from './middleware/log.ts';
export { type ChainMetrics, metrics, type StepMetrics } from './middleware/metrics.ts';
export { rateLimit } from './middleware/rate-limit.ts';
export { type Backoff, exponential, fixed, linear, none, retry } from './middleware/retry.ts';
export { time } from './middleware/time.ts';
export type { AnyMiddleware, Cancel, ChainClock, ChainTimers, Middleware, Now, Run, Step } from './ports.ts';
export {
  type ChainFailure,
  type ChainResult,
  middlewareFailed,
  type StepResult,
  stepFailed,
  stepOk,
} from './result.ts';
