-- POST /x/volume with {"volume": 0.3}: something else in the house turns the volume.
-- A header X-Key has to be the word below, so that not everybody in the network may.
may { 'Player.setVolume' }

local key = 'change me'

function api.volume.before(ctx)
  if ctx:headers()['x-key'] ~= key then fail(403, 'The header X-Key is missing or wrong.') end
end

function api.volume.post(ctx)
  local body = ctx:body():expect {
    volume = { type = 'number', required = true, min = 0, max = 1 },
  }
  return reply {
    body = { volume = body.volume },
    actions = { { 'Player.setVolume', { volume = body.volume } } },
  }
end
