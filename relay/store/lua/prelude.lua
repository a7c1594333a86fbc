-- What every script shares. The table K is written in front of this by scripts.py, from relay/keys.py.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Runs the commands that stand in ARGV from `first` on, each as its length and its words.
local function run_commands(first)
  local place = first
  while place <= #ARGV do
    local length = tonumber(ARGV[place])
    redis.call(unpack(ARGV, place + 1, place + length))
    place = place + 1 + length
  end
end

local function change_state(id, from, to)
  redis.call('HSET', K.DELIVERY .. id, 'state', to, 'updated_at', now_ms())
  redis.call('ZREM', K.STATE .. from, id)
  redis.call('ZADD', K.STATE .. to, 0, id)
end
