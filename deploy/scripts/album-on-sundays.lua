-- On Sundays what is chosen by itself gives way to its album, in full, from the first track to the last.
local longest = 40 -- tracks: what is longer is no album but a box

rule {
  name = 'AlbumInFullOnSundays',
  summary = 'On Sundays a passage that was chosen by itself gives way to its album, in full and in order.',
  when = {
    { 'Director.select', gives = { passage = '?passage', selection = '?selection' } },
    { 'Queue.enqueue', selection = '?selection', gives = { entries = '?entries' } },
  },
  where = {
    { 'Appliance.localTime', gives = { weekday = 0 } },
    { 'Library.albumOf', passage = '?passage', gives = { passages = '?album' } },
    { 'Queue.ahead', restMs = 0, eligible = 0, gives = { queued = '?queued' } },
    -- Not if another track of it is still to come: then the album is under way.
    function(row)
      if #row.album < 2 or #row.album > longest then return false end
      local isOfIt = {}
      for _, passage in ipairs(row.album) do isOfIt[passage] = passage ~= row.passage end
      for _, passage in ipairs(row.queued) do
        if isOfIt[passage] then return false end
      end
      return true
    end,
  },
  at_most_every_ms = 1000,
  may = { 'Queue.enqueue', 'Queue.askRemove' },
  act = function(row)
    local entry = row.entries[1]
    return {
      { 'Queue.enqueue', { passages = row.album, where = { after = entry }, source = 'auto' } },
      { 'Queue.askRemove', { entry = entry } },
    }
  end,
}
