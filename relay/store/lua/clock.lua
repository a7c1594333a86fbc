-- Notices that the server's clock was set back, and moves all that is planned by as much: otherwise what is due in a minute
-- would be due in an hour and a minute. A clock that is set forward makes things due early, which does no harm.
-- What is planned is put aside at once and comes back in slices, so that very much of it stops nobody else.
-- ARGV: ms by which it may run back unnoticed, how many are moved in one step.
-- Returns by how many ms it was set back, 0 as a rule; 1 when there is more to move, 0 when there is not.
local PLANNED = { { K.DUE, 'retrying' }, { K.WAIT_UNTIL, 'waiting' } }
local now = now_ms()

local function put_aside()
  for _, plan in ipairs(PLANNED) do
    if redis.call('EXISTS', plan[1]) == 1 then redis.call('RENAME', plan[1], plan[1] .. ':aside') end
  end
end

-- The moment at which the server was seen to be a new one would lie ahead, and all that comes in meanwhile before it.
local function move_epoch(back)
  for _, name in ipairs({ 'before', 'since' }) do
    if tonumber(redis.call('HGET', K.EPOCH, name) or 0) > 0 then redis.call('HINCRBY', K.EPOCH, name, -back) end
  end
end

local function move_gates(back)
  local gates = redis.call('HGETALL', K.GATES)
  for place = 1, #gates, 2 do
    local gate = cjson.decode(gates[place + 1])
    if gate['until'] then
      gate['until'] = gate['until'] - back
      redis.call('HSET', K.GATES, gates[place], cjson.encode(gate))
    end
  end
end

-- Unless it has been moved, or planned anew by the clock as it is now.
local function plan_again(index, state, id, at, back)
  if redis.call('HGET', K.DELIVERY .. id, 'state') ~= state or redis.call('ZSCORE', index, id) then return end
  redis.call('ZADD', index, tonumber(at) - back, id)
  if index == K.DUE then redis.call('HINCRBY', K.DELIVERY .. id, 'next_attempt_at', -back) end
end

-- Returns whether there may be more.
local function move_a_slice(back)
  local left = tonumber(ARGV[2])
  for _, plan in ipairs(PLANNED) do
    local slice = redis.call('ZPOPMIN', plan[1] .. ':aside', left)
    for place = 1, #slice, 2 do plan_again(plan[1], plan[2], slice[place], slice[place + 1], back) end
    left = left - #slice / 2
    if left == 0 then return true end
  end
  return false
end

write_though_full()
epoch_of_the_server(now)
local noticed = 0
local back = tonumber(redis.call('HGET', K.CLOCK, 'back') or 0)
if back == 0 then
  noticed = tonumber(redis.call('HGET', K.CLOCK, 'at') or now) - now
  redis.call('HSET', K.CLOCK, 'at', now)
  if noticed < tonumber(ARGV[1]) then return { 0, 0 } end
  back = noticed
  redis.call('HSET', K.CLOCK, 'back', back)
  put_aside()
  move_gates(back)
  move_epoch(back)
end
if move_a_slice(back) then return { noticed, 1 } end
redis.call('HDEL', K.CLOCK, 'back')
return { noticed, 0 }
