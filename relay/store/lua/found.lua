-- Looks at the next of those who wait, in order of their ids, for such as need not wait any more: nobody may have been there
-- to wake them. All sweepers together go one walk; its place stands in the store.
-- KEYS: the index of those who wait. ARGV: how many are looked at, ms since the last look before which nobody goes on.
-- Returns 1 when there are more to look at in this walk, then the ids of those who need not wait.
local now = now_ms()
local at, place = unpack(redis.call('HMGET', K.WAITS, 'at', 'place'))
if math.abs(now - tonumber(at or 0)) < tonumber(ARGV[2]) then return { 0 } end -- a clock that was set back stops nothing

local function all_stand(links)
  for link in string.gmatch(links, '[^\n]+') do
    if redis.call('EXISTS', K.LINK .. link) == 0 then return false end
  end
  return true
end

-- One that would make what is there already, or what nobody makes any more.
local function may_go_on(id, makes)
  local free = true
  for link in string.gmatch(makes, '[^\n]+') do
    if redis.call('EXISTS', K.LINK .. link) == 1 then return true end
    free = free and not is_made_by_another(id, link)
  end
  return free
end

write_though_full()
local ids = redis.call('ZRANGEBYLEX', KEYS[1], place and '(' .. place or '-', '+', 'LIMIT', 0, ARGV[1])
local more = #ids == tonumber(ARGV[1])
redis.call('DEL', K.WAITS)
redis.call('HSET', K.WAITS, 'at', now, unpack(more and { 'place', ids[#ids] } or {}))
local ready = {}
for _, id in ipairs(ids) do
  local awaits, makes = unpack(redis.call('HMGET', K.DELIVERY .. id, 'awaits', 'makes'))
  if all_stand(awaits or '') and may_go_on(id, makes or '') then table.insert(ready, id) end
end
return { more and 1 or 0, unpack(ready) }
