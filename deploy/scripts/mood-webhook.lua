-- POST /x/mood with {"timeslot": "evening", "hours": 2}: something else in the house sets the mood; {} ends
-- it. A header X-Key has to be the word below, so that not everybody in the network may.
may { 'Override.askLikeTimeslot', 'Override.cancel' }

local key = 'change me'

function api.mood.before(ctx)
  if ctx:headers()['x-key'] ~= key then fail(403, 'The header X-Key is missing or wrong.') end
end

function api.mood.post(ctx)
  local body = ctx:body():expect {
    timeslot = { type = 'text', max = 40 },
    hours = { type = 'number', default = 2, min = 0.1, max = 24 },
  }
  if body.timeslot == nil then return reply { actions = { { 'Override.cancel', {} } } } end
  local asked = { timeslot = body.timeslot, durationMs = body.hours * 3600000, name = null }
  return reply { body = { timeslot = body.timeslot }, actions = { { 'Override.askLikeTimeslot', asked } } }
end
