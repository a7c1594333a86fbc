-- Keeps an event with all that belongs to it, or says which event it repeats.
-- KEYS: the mark of its idempotency key, the hook's count of this minute.
-- ARGV: event id, window in ms, the hook's allowance a minute, the commands, packed.
-- Returns what became of it: {'kept' or 'repeated' or 'full', event id}
local count = redis.call('INCR', KEYS[2])
if count == 1 then redis.call('EXPIRE', KEYS[2], 120) end
if count > tonumber(ARGV[3]) then return { 'full', '' } end
local first = redis.call('GET', KEYS[1])
if first == ARGV[1] then return { 'kept', first } end -- the client asked twice, because an answer was lost
if first then
  redis.call('HINCRBY', K.EVENT .. first, 'duplicates', 1)
  return { 'repeated', first }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
run(ARGV[4])
return { 'kept', ARGV[1] }
