-- POST /x/party begins a party: it plays, at the volume of the guests' choice, and passages of theirs come next.
--   {"volume": 0.8, "passages": [12, 7], "host": {"name": "Ann"}}
-- Everything that is wrong with the body is said at once, and GET /api/openapi.json says what it has to be.
may { 'Player.setVolume', 'Player.play', 'Queue.enqueue' }

api.party.post = route {
  summary = 'Begins a party.',
  body = {
    volume = { type = 'number', min = 0.2, max = 0.9, default = 0.8 },
    passages = { items = { type = 'integer', min = 1 }, max = 10, default = list {} },
    host = { required = true, fields = { name = { type = 'text', required = true, min = 1, max = 40 } } },
  },
  run = function(ctx, party)
    local actions = { { 'Player.setVolume', { volume = party.volume } } }
    if #party.passages > 0 then
      table.insert(actions, { 'Queue.enqueue', { passages = party.passages, where = 'next', source = 'person' } })
    end
    table.insert(actions, { 'Player.play', {} })
    log('a party of ' .. party.host.name)
    return reply { status = 201, body = { host = party.host.name, volume = party.volume }, actions = actions }
  end,
}
