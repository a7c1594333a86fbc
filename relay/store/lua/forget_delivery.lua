-- Forgets a delivery that has ended, unless it has moved since it was seen: a dead letter may have been replayed.
-- KEYS: the delivery. ARGV: its state, when it was last moved, the removals, packed. Returns 1 when it is gone.
local seen = redis.call('HMGET', KEYS[1], 'state', 'updated_at')
if seen[1] ~= ARGV[1] or seen[2] ~= ARGV[2] then return 0 end
run(ARGV[3])
return 1
