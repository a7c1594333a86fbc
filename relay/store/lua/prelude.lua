-- What every script shares. The table K is written in front of this by scripts.py, from relay/keys.py.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The milliseconds since 1970 at which an identifier was made (relay/ids.py).
local function moment_of(id)
  local moment = 0
  for letter in string.gmatch(string.sub(id, 5, 14), '.') do
    moment = moment * 32 + string.find('0123456789ABCDEFGHJKMNPQRSTVWXYZ', letter, 1, true) - 1
  end
  return moment
end

-- Runs the commands of one packed list; a command is the list of its words.
local function run(packed)
  for _, command in ipairs(cmsgpack.unpack(packed)) do redis.call(unpack(command)) end
end

-- A server that was started anew, or that took over from another, may have forgotten the last second: a call may have been
-- made of which nothing is written any more. Returns what was queued before when, and since when, is in doubt for that
-- reason (0, 0: nothing). Its memory reaches to the last look at the clock that it knows of, so whoever looks at the clock
-- asks here first.
local function epoch_of_the_server(now)
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
  local known = redis.call('HMGET', K.EPOCH, 'run', 'before', 'since')
  local epoch = { tonumber(known[2] or 0), tonumber(known[3] or 0) }
  if known[1] ~= run then
    local remembered = tonumber(redis.call('HGET', K.CLOCK, 'at') or 1)
    if known[1] then epoch = { now, math.min(remembered, now) } end
    redis.call('HSET', K.EPOCH, 'run', run, 'before', epoch[1], 'since', epoch[2])
  end
  return epoch
end

-- What is on its way must come to its end even when the store is full. Redis then refuses commands that take memory, but
-- not within a script that has already written something. A removal it never refuses; this one removes nothing.
local function write_though_full() redis.call('DEL', K.ROOM .. ':none') end

-- Whether this delivery must leave the making of this link to another. That is who makes it already; or who waits only
-- because another of its links is being made, and came earlier: all that two deliveries wait for is then one order, though
-- they have no link in common with the one that is being made. Who came later gives way, so that nobody waits in a circle.
local function is_made_by_another(id, link)
  local maker = redis.call('GET', K.MAKING .. link)
  if maker == id then return false end
  if maker and redis.call('EXISTS', K.DELIVERY .. maker) == 1 then return true end
  local first = redis.call('GET', K.RESERVED .. link)
  if not first or first >= id then return false end
  local state = redis.call('HGET', K.DELIVERY .. first, 'state')
  return state == 'waiting' or state == 'queued'
end

-- When the account's next call may start (ms), if its calls are spaced. What is further off than all its open calls can have
-- asked for comes of a clock that was set back.
local function next_start(account, limit, spacing, now)
  local ready = tonumber(redis.call('GET', K.RATE .. account) or 0)
  return ready < now + 60000 + spacing * (limit + 1) and ready or 0
end

local function keep_next_start(account, at, now)
  redis.call('SET', K.RATE .. account, at, 'PX', math.ceil(60000 + math.max(0, at - now)))
end

local function change_state(id, from, to)
  redis.call('ZREM', K.STATE .. from, id) -- comes first: a removal, so that a move works in a full store
  redis.call('HSET', K.DELIVERY .. id, 'state', to, 'updated_at', now_ms())
  redis.call('ZADD', K.STATE .. to, 0, id)
end
