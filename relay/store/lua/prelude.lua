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

-- What is on its way must come to its end even when the store is full. Redis then refuses commands that take memory, but
-- not within a script that has already written something. A removal it never refuses; this one removes nothing.
local function write_though_full() redis.call('DEL', K.ROOM .. ':none') end

local function change_state(id, from, to)
  redis.call('ZREM', K.STATE .. from, id) -- comes first: a removal, so that a move works in a full store
  redis.call('HSET', K.DELIVERY .. id, 'state', to, 'updated_at', now_ms())
  redis.call('ZADD', K.STATE .. to, 0, id)
end
