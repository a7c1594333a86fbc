-- Moves one delivery, if it still stands where the mover saw it.
-- KEYS: the delivery. ARGV: the states allowed (with commas around each), the attempt that the mover knows, when it had
-- last been moved then ('' = any), the new state, the commands, packed. Returns 1 when it moved, 0 when somebody was faster.
local seen = redis.call('HMGET', KEYS[1], 'state', 'number', 'claimed_at', 'held_by', 'updated_at')
if not seen[1] or not string.find(ARGV[1], ',' .. seen[1] .. ',', 1, true) then return 0 end
if ARGV[2] ~= '' and ARGV[2] ~= (seen[2] or '0') then return 0 end
if ARGV[3] ~= '' and ARGV[3] ~= seen[5] then return 0 end
local id = string.sub(KEYS[1], #K.DELIVERY + 1)
change_state(id, seen[1], ARGV[4])
-- The gate that holds it now: since the mover looked it may have been let go by one and be held by another.
if seen[1] == 'held' and seen[4] then redis.call('ZREM', K.HELD .. seen[4], id) end
run(ARGV[5])
if ARGV[4] == 'retrying' and seen[3] then -- its time was reckoned from the claim; the clock may have been set back since
  local back = tonumber(seen[3]) - now_ms()
  if back > 0 then
    redis.call('ZINCRBY', K.DUE, -back, id)
    redis.call('HINCRBY', KEYS[1], 'next_attempt_at', -back)
  end
end
return 1
