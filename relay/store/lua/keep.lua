-- Keeps an event with all that belongs to it, or says which event it repeats.
-- KEYS: the mark of its idempotency key. ARGV: event id, window in ms, then commands.
local first = redis.call('GET', KEYS[1])
if first then
  redis.call('HINCRBY', K.EVENT .. first, 'duplicates', 1)
  return first
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
run_commands(3)
return false
