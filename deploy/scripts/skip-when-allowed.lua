-- POST /x/next skips; where that is not allowed just now it tries again, for half a minute.
--   {"who": "Ann"}
-- What is held back, by a rule such as no-skip-in-the-first-ten-seconds, answers HELD: the step has failed, and the chain
-- tries it again, each time a little later.
may { 'Appliance.runChain' }

chain {
  name = 'SkipWhenAllowed',
  summary = 'Skips, if need be a little later, and says who wanted it.',
  mode = 'strict',
  may = { 'Player.skip', 'Panel.broadcast' },
  use = { { 'retry', times = 5, backoff = 'linear', wait_ms = 2000 }, { 'metrics' } },
  steps = {
    { 'skip', function(ctx)
      ctx.tries = (ctx.tries or 0) + 1
      return { { 'Player.skip', { reason = 'skipped' } } }
    end },
    { 'tell', function(ctx)
      local message = ctx.who .. ' has skipped' .. (ctx.tries > 1 and ', at last.' or '.')
      return { { 'Panel.broadcast', { topic = 'notice', data = { level = 'info', message = message } } } }
    end },
  },
}

function api.next.post(ctx)
  local body = ctx:body():expect { who = { type = 'text', min = 1, max = 40, default = 'Somebody' } }
  return reply {
    status = 202,
    body = { message = 'It is skipped as soon as that is allowed.' },
    actions = { { 'Appliance.runChain', { chain = 'SkipWhenAllowed', with = { who = body.who } } } },
  }
end
