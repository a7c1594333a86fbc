-- What a worker does not hold any more leaves its list. It may have claimed the same again meanwhile: that stays.
-- ARGV: the worker, 'forget' to forget the worker too when nothing is left, the deliveries.
local worker = ARGV[1]
for place = 3, #ARGV do
  local seen = redis.call('HMGET', K.DELIVERY .. ARGV[place], 'state', 'claimed_by')
  if seen[1] ~= 'sending' or seen[2] ~= worker then redis.call('SREM', K.CLAIMS .. worker, ARGV[place]) end
end
if ARGV[2] == 'forget' and redis.call('EXISTS', K.CLAIMS .. worker) == 0 then redis.call('HDEL', K.BEATS, worker) end
