-- One look at the beats of all workers. Looks are counted here, for all sweepers together: one that has just been started
-- goes on where those that were killed have stopped. However many look, only one look a step counts; after a time in which
-- nobody looked, one counts for the steps that were missed, but for a few only: the store may have been away, or its clock
-- set, and the living could not beat.
-- ARGV: ms of a step, looks without a new beat after which a worker is dead. Returns the dead.
local MOST_AT_ONCE = 5

local now = now_ms()
local last = tonumber(redis.call('HGET', K.LOOKS, ':at') or 0)
local step = tonumber(ARGV[1])
if math.abs(now - last) < step then return {} end -- a clock that was set back by an hour stops no looks
local passed = math.max(1, math.min(MOST_AT_ONCE, math.floor((now - last) / math.max(step, 1))))

local function looked_at(worker, beat)
  local seen = redis.call('HGET', K.LOOKS, worker)
  local known, count = string.match(seen or '', '^(%d+) (%d+)$')
  if known ~= beat then return 0 end
  return tonumber(count) + passed
end

write_though_full()
local beats = redis.call('HGETALL', K.BEATS)
local looks, dead = { ':at', now }, {}
for place = 1, #beats, 2 do
  local worker, beat = beats[place], string.format('%d', cjson.decode(beats[place + 1]).beat)
  local count = looked_at(worker, beat)
  table.insert(looks, worker)
  table.insert(looks, beat .. ' ' .. count)
  if count >= tonumber(ARGV[2]) then table.insert(dead, worker) end
end
redis.call('DEL', K.LOOKS)
redis.call('HSET', K.LOOKS, unpack(looks))
return dead
