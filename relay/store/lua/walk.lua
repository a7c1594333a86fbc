-- Walks along an index, newest first, and finds the ids that match; the others never leave the store.
-- KEYS: the index, then others in which the ids must stand as well. ARGV: where to begin and the least id (as of
-- ZREVRANGEBYLEX), how many are wanted, how many may be looked at, the prefix of the records' keys, then what must stand
-- in a record, for what has no index: field, value, field, value.
-- Returns the id behind which to go on ('' = this is all), then the ids.
local begin, least, most, looks, prefix = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]

-- Those of a portion that stand in this index too. One command for all of them: ten times as fast as one for each.
local function standing_in(index, portion)
  local both = {}
  for place, score in ipairs(redis.call('ZMSCORE', index, unpack(portion))) do
    if score then table.insert(both, portion[place]) end
  end
  return both
end

-- Where an id that stands in all indexes can be found at the earliest: runs that only one of them holds are skipped,
-- however long they are. nil: nowhere.
local function leap(begin)
  for place = 2, #KEYS do
    local newest = redis.call('ZREVRANGEBYLEX', KEYS[place], begin, least, 'LIMIT', 0, 1)
    if #newest == 0 then return nil end
    begin = '[' .. newest[1]
  end
  return begin
end

local function matching(portion)
  for place = 2, #KEYS do
    if #portion > 0 then portion = standing_in(KEYS[place], portion) end
  end
  for place = 6, #ARGV, 2 do
    local right = {}
    for _, id in ipairs(portion) do
      if redis.call('HGET', prefix .. id, ARGV[place]) == ARGV[place + 1] then table.insert(right, id) end
    end
    portion = right
  end
  return portion
end

local found, last, looked = {}, '', 0
local size = most + 1 -- of the next portion: little is read where nearly everything matches
while looked < looks do
  begin = leap(begin)
  local portion = begin and redis.call('ZREVRANGEBYLEX', KEYS[1], begin, least, 'LIMIT', 0, size) or {}
  if #portion == 0 then return { '', unpack(found) } end
  for _, id in ipairs(matching(portion)) do
    if #found == most then return { found[most], unpack(found) } end
    table.insert(found, id)
  end
  looked = looked + #portion
  size = math.min(2 * size, 250, looks - looked)
  last = portion[#portion]
  begin = '(' .. last
end
return { last, unpack(found) }
