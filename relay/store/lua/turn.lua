-- Takes the next moment at which a call of this account may start. ARGV: account, ms between its calls. Returns in how many ms.
local now, spacing = now_ms(), tonumber(ARGV[2])
if spacing == 0 then return 0 end
local ready = tonumber(redis.call('GET', K.RATE .. ARGV[1]) or 0)
local starts = ready > now and ready < now + 60000 + spacing and ready or now
write_though_full()
redis.call('SET', K.RATE .. ARGV[1], starts + spacing, 'PX', math.ceil(60000 + spacing))
return starts - now
