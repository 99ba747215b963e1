// The rule file and the script that the proof of reloading writes again and again: good ones that tell of their version,
// and faulty ones of every kind.

type Spoil = (text: string) => string;
/** Not in step with how often a faulty one is written. */
const pick = (faults: readonly Spoil[], version: number) =>
  faults[Math.floor(version / 5) % faults.length] as Spoil;
const notice = (from: string, version: number) =>
  `topic = 'notice', data = { level = 'info', message = '${from}', version = ${version}`;

/** Routes and a rule of a script; /x/version/:n and /x/shout answer with the version. */
export function goodScript(version: number): string {
  return `-- version ${version}
may { 'Panel.broadcast' }
local asked = 0
function api.before(ctx) ctx.version = ${version} end
function api.version.p_n.get(ctx)
  asked = asked + 1
  return { version = ctx.version, n = tonumber(ctx:params().n) }
end
function api.shout.post(ctx)
  local body = ctx:body():expect { n = { type = 'integer', required = true } }
  return reply {
    body = { version = ctx.version, n = body.n },
    actions = { { 'Panel.broadcast', { ${notice('shout', version)}, n = body.n } } } },
  }
end
rule {
  name = 'ScriptTells', summary = 'Version ${version}.',
  when = { 'Player.setVolume', volume = '?volume' },
  may = { 'Panel.broadcast' },
  act = function(row) return { { 'Panel.broadcast', { ${notice('script', version)}, volume = row.volume } } } } end,
}
`;
}

export const guestScript = (version: number) => `function api.guest.get() return ${version} end\n`;

export function goodRules(version: number): string {
  return `# version ${version}
- name: FileTells
  summary: Version ${version}.
  when:
    Player.setVolume: {volume: ?volume}
  where:
    - if: volume >= 0.0
    - let: {version: 1 * ${version}}
  then:
    - Panel.broadcast: {topic: notice, data: {level: info, message: rules, version: ${version}, volume: ?volume}}
`;
}

/** None of them can be loaded; each would answer with its version if it could. */
export function faultyScript(version: number): string {
  const faults = [
    (text: string) => `${text}\nthis is not Lua`,
    (text: string) => text.replace("'Player.setVolume'", "'Player.setVolumes'"),
    (text: string) => text.replace('return reply {', 'return reply { {'),
    (text: string) => `${text}\nerror('at the end')`,
    (text: string) => `${text}\nfunction api.things.patch() end`,
    (text: string) => text.slice(0, Math.floor(text.length / 2)),
    (text: string) => `${text}\nwhile true do end`,
  ];
  return pick(faults, version)(goodScript(version));
}

export function faultyRules(version: number): string {
  const faults = [
    (text: string) => text.replace('when:', 'wen:'),
    (text: string) => text.replace('Player.setVolume', 'Player.setVolumes'),
    (text: string) => text.replace('?volume}}', '?loudness}}'),
    (text: string) => text.replace('volume >= 0.0', 'volume >= '),
    (text: string) => text.replace('FileTells', 'PersistVolume'),
    (text: string) => text.replaceAll('}', ''),
  ];
  return pick(faults, version)(goodRules(version));
}
