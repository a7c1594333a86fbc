-- Keeps an event with all that belongs to it, or says which event it repeats.
-- KEYS: the mark of its idempotency key, the hook's count of this minute.
-- ARGV: event id, window in ms, the hook's allowance a minute, the commands, packed.
-- Returns what became of it: {'kept', 'repeated', 'full' (the allowance) or 'no-room' (the store), event id}
local SPREAD = 2 -- bytes of memory that a byte of the commands comes to, indexes and all: rather too many
local count = redis.call('INCR', KEYS[2])
if count == 1 then redis.call('EXPIRE', KEYS[2], 120) end
if count > tonumber(ARGV[3]) then return { 'full', '' } end
local first = redis.call('GET', KEYS[1])
if first == ARGV[1] then return { 'kept', first } end -- the client asked twice, because an answer was lost
if first then
  -- The mark may outlive the event, which then must not come back as a hash of one field.
  if redis.call('EXISTS', K.EVENT .. first) == 1 then redis.call('HINCRBY', K.EVENT .. first, 'duplicates', 1) end
  return { 'repeated', first }
end
local room = redis.call('GET', K.ROOM)
if room then
  if tonumber(room) <= 0 then return { 'no-room', '' } end
  redis.call('DECRBY', K.ROOM, SPREAD * #ARGV[4])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
run(ARGV[4])
return { 'kept', ARGV[1] }
