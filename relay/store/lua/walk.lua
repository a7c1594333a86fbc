-- Walks along an index, newest first, and finds the ids of the records that match; the others never leave the store.
-- KEYS: the index. ARGV: where to begin and the least id (as of ZREVRANGEBYLEX), how many are wanted, how many may be
-- looked at, the prefix of the records' keys, then what must stand in them: field, value, field, value.
-- Returns the id behind which to go on ('' = this is all), then the ids.
local begin, least, most, looks, prefix = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local fields, values = {}, {}
for place = 6, #ARGV, 2 do
  table.insert(fields, ARGV[place])
  table.insert(values, ARGV[place + 1])
end

local function matches(id)
  if #fields == 0 then return true end
  local seen = redis.call('HMGET', prefix .. id, unpack(fields))
  for place, value in ipairs(values) do
    if seen[place] ~= value then return false end
  end
  return true
end

local found, last, looked = {}, '', 0
while looked < looks do
  local portion = redis.call('ZREVRANGEBYLEX', KEYS[1], begin, least, 'LIMIT', 0, #fields == 0 and most + 1 or 200)
  if #portion == 0 then return { '', unpack(found) } end
  for _, id in ipairs(portion) do
    if matches(id) then
      if #found == most then return { found[most], unpack(found) } end
      table.insert(found, id)
    end
  end
  looked = looked + #portion
  last = portion[#portion]
  begin = '(' .. last
end
return { last, unpack(found) }
