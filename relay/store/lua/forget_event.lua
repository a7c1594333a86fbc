-- Forgets an event of which no delivery is left. KEYS: the event. ARGV: the removals, packed. Returns 1 when it is gone.
for id in string.gmatch(redis.call('HGET', KEYS[1], 'deliveries') or '', '%S+') do
  if redis.call('EXISTS', K.DELIVERY .. id) == 1 then return 0 end
end
local there = redis.call('EXISTS', KEYS[1])
run(ARGV[1])
return there
