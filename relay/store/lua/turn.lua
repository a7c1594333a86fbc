-- Takes the next moment at which a call of this account may start. ARGV: account, ms between its calls, how many may be open.
-- Returns in how many ms.
local now, spacing = now_ms(), tonumber(ARGV[2])
if spacing == 0 then return 0 end
local ready = tonumber(redis.call('GET', K.RATE .. ARGV[1]) or 0)
-- Further off than all open calls can have asked for: the clock was set back.
local starts = ready > now and ready < now + 60000 + spacing * (tonumber(ARGV[3]) + 1) and ready or now
write_though_full()
redis.call('SET', K.RATE .. ARGV[1], starts + spacing, 'PX', math.ceil(60000 + starts + spacing - now))
return starts - now
