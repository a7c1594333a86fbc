-- Notices that the server's clock was set back, and moves all that is planned by as much: otherwise what is due in a minute
-- would be due in an hour and a minute. A clock that is set forward makes things due early, which does no harm.
-- ARGV: ms by which it may run back unnoticed. Returns by how many ms it was set back, 0 as a rule.
local now = now_ms()
write_though_full()
local last = tonumber(redis.call('HGET', K.CLOCK, 'at') or now)
redis.call('HSET', K.CLOCK, 'at', now)
local back = last - now
if back < tonumber(ARGV[1]) then return 0 end

for _, key in ipairs({ K.DUE, K.WAIT_UNTIL }) do
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do redis.call('ZINCRBY', key, -back, id) end
end
for _, id in ipairs(redis.call('ZRANGE', K.DUE, 0, -1)) do
  redis.call('HINCRBY', K.DELIVERY .. id, 'next_attempt_at', -back)
end
local gates = redis.call('HGETALL', K.GATES)
for place = 1, #gates, 2 do
  local gate = cjson.decode(gates[place + 1])
  if gate['until'] then
    gate['until'] = gate['until'] - back
    redis.call('HSET', K.GATES, gates[place], cjson.encode(gate))
  end
end
return back
