-- Removes what an event brought (body, query, the sender's answers) once no delivery needs it any more.
-- KEYS: the event. ARGV: the states in which a delivery does not need it, with commas around each.
-- Returns 1 when something was removed.
local seen = redis.call('HMGET', KEYS[1], 'body_removed', 'deliveries', 'hook')
if seen[1] or not seen[3] then return 0 end
for id in string.gmatch(seen[2] or '', '%S+') do
  local state = redis.call('HGET', K.DELIVERY .. id, 'state')
  if state and not string.find(ARGV[1], ',' .. state .. ',', 1, true) then return 0 end
end
redis.call('HDEL', KEYS[1], 'body', 'zbody', 'query', 'fetched')
redis.call('HSET', KEYS[1], 'body_removed', '1')
return 1
