// See prelude.h.
#include "lua/prelude.h"

namespace segue::lua {

const std::string_view kPrelude = R"lua(
local marks = ...
local type, pairs, ipairs, rawset, error, setmetatable = type, pairs, ipairs, rawset, error, setmetatable
local utf8len, match, format, mathType = utf8.len, string.match, string.format, math.type
local insert, concat, sort, next, null = table.insert, table.concat, table.sort, next, null

marks.list = { __metatable = false }
marks.reply = { __metatable = false }
marks.refusal = { __metatable = false, __tostring = function(refusal)
  return format('refused with %d: %s', refusal.status, refusal.body.message)
end }

-- A table that stays a list, also when it is empty.
function list(values)
  return setmetatable(values, marks.list)
end

-- An answer with everything: status, body, headers, actions.
function reply(answer)
  return setmetatable(answer, marks.reply)
end

-- Ends the request here.
function fail(status, message)
  error(setmetatable({ status = status, body = { error = 'REFUSED', message = message } }, marks.refusal), 0)
end

-- A route that says what it is for, and what its body has to be: `run` is given it when it has been checked.
function route(definition)
  local run = type(definition) == 'table' and definition.run
  if type(run) ~= 'function' then
    error('a route is written as route { body = { ... }, run = function(ctx, body) ... end }', 2)
  end
  local body = definition.body
  if body ~= nil then
    if type(body) ~= 'table' then error('body is a table: name = type', 2) end
    definition.run = function(ctx) return run(ctx, ctx:body():expect(body)) end
  end
  return definition
end

-- While the script is being read, looking up a part of `api` makes it.
local growing = { __metatable = false }
function growing.__index(node, name)
  local child = setmetatable({}, growing)
  rawset(node, name, child)
  return child
end
api = setmetatable({}, growing)

local rules, places = {}, 0
function rule(definition)
  if type(definition) ~= 'table' then error('a rule is written as rule { name = ..., when = ..., act = ... }', 2) end
  places = places + 1
  rules[places] = definition
end

local chains = {}
function chain(definition)
  if type(definition) ~= 'table' then error('a chain is written as chain { name = ..., steps = { ... } }', 2) end
  chains[#chains + 1] = definition
end

-- The actions that the answers of this script's routes may bring.
local allowed = list {}
function may(actions)
  for _, action in ipairs(actions) do insert(allowed, action) end
end

local function isList(value)
  return type(value) == 'table' and (#value > 0 or next(value) == nil)
end

local kinds = {
  text = function(value) return type(value) == 'string' end,
  number = function(value) return type(value) == 'number' end,
  integer = function(value) return mathType(value) == 'integer' end,
  boolean = function(value) return type(value) == 'boolean' end,
  list = isList,
  object = function(value) return type(value) == 'table' and #value == 0 end,
}
local words = {
  text = 'must be text', number = 'must be a number', integer = 'must be a whole number',
  boolean = 'must be true or false', list = 'must be a list', object = 'must be an object',
}

-- What `min` and `max` count: characters, elements, or the number itself.
local function size(value)
  if type(value) == 'string' then return utf8len(value) or #value, ' characters' end
  if type(value) == 'table' then return #value, ' elements' end
  return value, ''
end

local checkFields

-- The value as it is to be used; what is wrong with it is added to `problems`.
local function check(value, schema, field, problems)
  local function wrong(problem) insert(problems, { field = field, problem = problem }) end
  if type(schema) == 'string' then schema = { type = schema } end
  if value == nil or value == null then
    if schema.required then wrong('is missing') end
    return schema.default
  end
  local kind = schema.type
  if not kind and schema.fields then kind = 'object' end
  if not kind and schema.items then kind = 'list' end
  if kind then
    local is = kinds[kind] or error(format('%s: no such type: %s', field, kind), 0)
    if not is(value) then
      wrong(words[kind])
      return nil
    end
  end
  if schema.enum then
    local known = false
    for _, each in ipairs(schema.enum) do known = known or each == value end
    if not known then wrong('must be one of ' .. concat(schema.enum, ', ')) end
  end
  if schema.min or schema.max then
    local count, unit = size(value)
    if type(count) ~= 'number' then
      wrong('has no size')
    else
      if schema.min and count < schema.min then wrong(format('must be at least %s%s', schema.min, unit)) end
      if schema.max and count > schema.max then wrong(format('must be at most %s%s', schema.max, unit)) end
    end
  end
  if schema.pattern and (type(value) ~= 'string' or not match(value, schema.pattern)) then
    wrong('does not have the form that is needed')
  end
  if schema.fields and type(value) == 'table' then return checkFields(value, schema.fields, field .. '.', problems) end
  if schema.items and type(value) == 'table' then
    local out = list {}
    for place, each in ipairs(value) do
      out[place] = check(each, schema.items, format('%s[%d]', field, place), problems)
    end
    return out
  end
  return value
end

function checkFields(value, fields, prefix, problems)
  local out, names = {}, {}
  for name in pairs(fields) do insert(names, name) end
  sort(names)
  for _, name in ipairs(names) do out[name] = check(value[name], fields[name], prefix .. name, problems) end
  return out
end

-- The body as the schema says; or the request ends with 400 and everything that is wrong.
marks.body = { __metatable = false, __index = { expect = function(body, schema)
  local problems = list {}
  local checked = checkFields(body, schema, '', problems)
  if #problems == 0 then return checked end
  error(setmetatable({ status = 400, body = {
    error = 'INVALID',
    message = format('%d of the fields cannot be used.', #problems),
    errors = problems,
  } }, marks.refusal), 0)
end } }

return function()
  growing.__index = nil
  return { api = api, rules = rules, chains = chains, may = allowed }
end
)lua";

}  // namespace segue::lua
