// A node:test reporter for the runner: a line a file, failures in full, and a last line of JSON with the counts.
// What a test prints after "#told " (the figures of a proof) is shown. Counts leaf tests only. A file in which no test ran
// is a failure (node reports it as a passing test of its own name), and so is a skipped test.
import { relative } from 'node:path';

export default async function* reporter(source) {
  const files = new Map();
  const failures = [];
  const countsOf = (path) => {
    if (!files.has(path)) files.set(path, { passed: 0, failed: 0 });
    return files.get(path);
  };
  for await (const { type, data } of source) {
    if (type === 'test:stdout')
      for (const [, told] of data.message.matchAll(/^#told (.*)$/gm)) yield `  ${told}\n`;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, file, details, skip, todo } = data;
    const path = relative(process.cwd(), file ?? name);
    const fail = (text) => {
      countsOf(path).failed++;
      failures.push(`✗ ${path}: ${text}`);
    };
    if (type === 'test:fail') {
      // A suite that fails only because of its children says nothing new.
      if (details.error?.failureType === 'subtestsFailed') continue;
      const cause = details.error?.cause ?? details.error;
      fail(`${name}\n${String(cause?.stack ?? cause)}`);
    } else if (details?.type === 'suite') continue;
    else if (relative(process.cwd(), name) === path) fail('the file ran no test');
    else if (skip !== undefined || todo !== undefined) fail(`${name}: skipped tests are not allowed`);
    else countsOf(path).passed++;
  }
  let passed = 0;
  let failed = 0;
  for (const [path, counts] of files) {
    passed += counts.passed;
    failed += counts.failed;
    yield `  ${counts.failed ? '✗' : '✓'} ${path} (${counts.passed}${counts.failed ? `, ${counts.failed} failed` : ''})\n`;
  }
  for (const failure of failures) yield `\n${failure}\n`;
  const failing = Object.fromEntries([...files].filter(([, counts]) => counts.failed > 0));
  yield `#counts ${JSON.stringify({ passed, failed, failing })}\n`;
}
